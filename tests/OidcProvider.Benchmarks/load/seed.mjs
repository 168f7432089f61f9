// Signs a user in at a provider as a browser would and prints what the load needs, as Lua: the session's cookie and refresh tokens.
// Usage: node seed.mjs ours|peer ISSUER CLIENT_ID CLIENT_SECRET COUNT
import { createHash } from 'node:crypto';

const [kind, issuer, clientId, secret, count] = process.argv.slice(2);
const verifier = 'a'.repeat(43), challenge = createHash('sha256').update(verifier).digest('base64url');
const redirect = 'http://127.0.0.1:7101/cb', path = kind === 'ours' ? '/connect' : '';
const [authorize, token] = kind === 'ours' ? ['/connect/authorize', '/connect/token'] : ['/auth', '/token'];
const scope = 'openid profile email offline_access api';
const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirect, response_type: 'code', scope, code_challenge: challenge, code_challenge_method: 'S256', state: 's', nonce: 'n' });
const jar = new Map();

async function visit(url, form) {
  const answer = await fetch(new URL(url, issuer), {
    redirect: 'manual', method: form ? 'POST' : 'GET', body: form,
    headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
  });
  for (const line of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name); else jar.set(name, value);
  }
  return { location: answer.headers.get('location'), body: await answer.text() };
}

// Follows redirects, fills the first form of each page, until the redirect to the client.
async function code() {
  let page = await visit(`${authorize}?${query}`);
  for (let hop = 0; hop < 20; hop++) {
    if (page.location?.startsWith(redirect)) return new URL(page.location).searchParams.get('code');
    if (page.location) { page = await visit(page.location); continue; }
    const shown = /<form[^]*?<\/form>/.exec(page.body)?.[0] ?? '';
    const action = /<form[^>]*action="([^"]*)"/.exec(shown)?.[1]?.replaceAll('&amp;', '&') ?? authorize;
    const form = new URLSearchParams([...shown.matchAll(/<input[^>]*name="([^"]*)"[^>]*?value="([^"]*)"/g)].map(([, name, value]) => [name, value.replaceAll('&amp;', '&')]));
    for (const [name, value] of [['Username', 'alice@example.test'], ['Password', 'correct horse battery staple'], ['login', 'alice'], ['password', 'x']]) form.set(name, value);
    page = await visit(action, form);
  }
  throw new Error(`no code: ${page.body.slice(0, 500)}`);
}

const refresh = [];
let access;
for (let index = 0; index < Number(count); index++) {
  const answer = await fetch(new URL(token, issuer), {
    method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code: await code(), redirect_uri: redirect, code_verifier: verifier }),
  });
  const tokens = await answer.json();
  if (!tokens.refresh_token) throw new Error(JSON.stringify(tokens));
  refresh.push(tokens.refresh_token);
  access = tokens.access_token;
}

// The peer's userinfo takes tokens without a resource only (see server.mjs).
if (kind === 'peer') {
  const answer = await fetch(new URL(token, issuer), {
    method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh.pop(), scope: 'openid profile email' }),
  });
  const tokens = await answer.json();
  if (!tokens.access_token) throw new Error(JSON.stringify(tokens));
  access = tokens.access_token;
}

console.log(`return { authorize = "${authorize}?${query}", token = "${token}", verifier = "${verifier}", redirect = "${encodeURIComponent(redirect)}",`);
console.log(`  cookie = "${[...jar].map(([name, value]) => `${name}=${value}`).join('; ')}", access = "${access}", refresh = { ${refresh.map(value => `"${value}"`).join(', ')} } }`);
