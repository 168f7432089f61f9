// Keeps a number of sign-ins with wrong passwords under way until it is ended, then prints how many were answered.
// Usage: node logins.mjs ISSUER COUNT     Each is for an account of its own, so that none is refused without a hash: unknown accounts pay the same.
const [issuer, count] = process.argv.slice(2);
let answered = 0, running = true, next = 0;
process.on('SIGTERM', () => { running = false; console.log(answered); process.exit(0); });

const page = await fetch(new URL('/login', issuer));
const cookie = page.headers.getSetCookie().map(line => line.split(';')[0]).join('; ');
const token = /name="__RequestVerificationToken"[^>]*value="([^"]*)"/.exec(await page.text())[1];

async function signIn() {
  while (running) {
    const answer = await fetch(new URL('/login', issuer), {
      method: 'POST', redirect: 'manual', headers: { cookie },
      body: new URLSearchParams({ Username: `nobody${next++}@example.test`, Password: 'a wrong password, long enough', __RequestVerificationToken: token }),
    });
    await answer.arrayBuffer();
    if (answer.status !== 401) throw new Error(`the sign-in page answered ${answer.status}`);
    answered++;
  }
}

await Promise.all(Array.from({ length: Number(count) }, signIn));
