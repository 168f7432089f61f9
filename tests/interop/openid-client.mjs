// openid-client as its documentation shows it; plain http is allowed because the test server is on loopback.
import * as client from 'openid-client';
import { Browser, expect, settings as s } from './browser.mjs';

const config = await client.discovery(new URL(s.ISSUER), s.CLIENT_ID, s.CLIENT_SECRET, undefined, { execute: [client.allowInsecureRequests] });
const code_verifier = client.randomPKCECodeVerifier();
const state = client.randomState(), nonce = client.randomNonce();
const parameters = {
  redirect_uri: s.REDIRECT_URI, scope: 'openid profile email offline_access api', state, nonce,
  code_challenge: await client.calculatePKCECodeChallenge(code_verifier), code_challenge_method: 'S256',
};
const browser = new Browser(s.ISSUER);
for (const start of [client.buildAuthorizationUrl(config, parameters), await client.buildAuthorizationUrlWithPAR(config, parameters)]) {
  const back = await browser.authorize(start, s.USERNAME, s.PASSWORD);
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: code_verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
  const claims = tokens.claims();
  const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  expect(info.email === s.USERNAME && info.email_verified === true, 'the e-mail address from userinfo');
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  expect(refreshed.access_token !== tokens.access_token && refreshed.refresh_token !== tokens.refresh_token, 'new tokens from the refresh');
  expect((await client.tokenIntrospection(config, refreshed.access_token)).active === true, 'an active token');
  await client.tokenRevocation(config, refreshed.access_token);
  expect((await client.tokenIntrospection(config, refreshed.access_token)).active === false, 'a revoked token');
  const left = await browser.signOut(client.buildEndSessionUrl(config, { id_token_hint: refreshed.id_token, post_logout_redirect_uri: s.POST_LOGOUT_REDIRECT_URI, state: 'bye' }));
  expect(left.href === `${s.POST_LOGOUT_REDIRECT_URI}?state=bye`, 'the way back after sign-out');
}
console.log('OK');
