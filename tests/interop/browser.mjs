// A browser in a few lines: keeps cookies, follows redirects on the server, fills the first form that posts.
export class Browser {
  constructor(issuer) { this.origin = new URL(issuer).origin; this.cookies = new Map(); }

  async request(url, init = {}) {
    for (;;) {
      const headers = { ...init.headers, cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
      const response = await fetch(url, { ...init, headers, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        const [pair] = line.split(';');
        const at = pair.indexOf('=');
        this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
      const location = response.headers.get('location');
      if (!location) return { url: new URL(url), status: response.status, body: await response.text() };
      const next = new URL(location, url);
      if (next.origin !== this.origin) return { left: next };
      url = next;
      init = {};
    }
  }

  // Fields as [name, value]; what the form has itself stays.
  async submit(page, fields) {
    const form = page.body.match(/<form[^>]*method="post"[\s\S]*?<\/form>/i)?.[0];
    if (!form) throw new Error(`no form on ${page.url} (${page.status})`);
    const decode = text => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16)));
    const attribute = (tag, name) => { const hit = tag.match(new RegExp(`\\b${name}="([^"]*)"`)); return hit && decode(hit[1]); };
    const values = new URLSearchParams();
    for (const [tag] of form.matchAll(/<input[^>]*>/g)) if (attribute(tag, 'name')) values.set(attribute(tag, 'name'), attribute(tag, 'value') ?? '');
    for (const [name, value] of fields) values.set(name, value);
    return this.request(new URL(attribute(form.match(/<form[^>]*>/)[0], 'action') ?? page.url, page.url), { method: 'POST', body: values });
  }

  // Signs in and allows what is asked, until the browser leaves for the client.
  async authorize(url, user, password) {
    let page = await this.request(url);
    if (page.body?.includes('current-password')) page = await this.submit(page, [['Username', user], ['Password', password]]);
    if (page.body?.includes('value="allow"')) page = await this.submit(page, [['decision', 'allow']]);
    if (!page.left) throw new Error(`the browser stayed on ${page.url} (${page.status})`);
    return page.left;
  }

  async signOut(url) {
    const page = await this.submit(await this.request(url), [['decision', 'sign-out']]);
    if (!page.left) throw new Error(`sign-out stayed on ${page.url} (${page.status})`);
    return page.left;
  }
}

export const settings = Object.fromEntries(['ISSUER', 'CLIENT_ID', 'CLIENT_SECRET', 'REDIRECT_URI', 'POST_LOGOUT_REDIRECT_URI', 'USERNAME', 'PASSWORD']
  .map(name => [name, process.env[name] ?? (() => { throw new Error(`${name} is not set`); })()]));

export const expect = (condition, what) => { if (!condition) throw new Error(`expected ${what}`); };
