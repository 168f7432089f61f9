// oauth4webapi, every step by hand as in its examples.
import * as oauth from 'oauth4webapi';
import { Browser, expect, settings as s } from './browser.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(s.ISSUER);
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
const client = { client_id: s.CLIENT_ID };
const auth = oauth.ClientSecretPost(s.CLIENT_SECRET);
const code_verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState(), nonce = oauth.generateRandomNonce();
const url = new URL(as.authorization_endpoint);
for (const [name, value] of Object.entries({
  client_id: client.client_id, redirect_uri: s.REDIRECT_URI, response_type: 'code', scope: 'openid profile email offline_access', state, nonce,
  code_challenge: await oauth.calculatePKCECodeChallenge(code_verifier), code_challenge_method: 'S256',
})) url.searchParams.set(name, value);

const browser = new Browser(s.ISSUER);
const back = await browser.authorize(url, s.USERNAME, s.PASSWORD);
const parameters = oauth.validateAuthResponse(as, client, back, state);
const tokens = await oauth.processAuthorizationCodeResponse(as, client,
  await oauth.authorizationCodeGrantRequest(as, client, auth, parameters, s.REDIRECT_URI, code_verifier, insecure), { expectedNonce: nonce, requireIdToken: true });
const { sub } = oauth.getValidatedIdTokenClaims(tokens);
const info = await oauth.processUserInfoResponse(as, client, sub, await oauth.userInfoRequest(as, client, tokens.access_token, insecure));
expect(info.email === s.USERNAME, 'the e-mail address from userinfo');
const refreshed = await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, insecure));
expect(refreshed.refresh_token !== tokens.refresh_token, 'a rotated refresh token');
await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, refreshed.refresh_token, insecure));
const after = await oauth.introspectionRequest(as, client, auth, refreshed.access_token, insecure);
expect((await oauth.processIntrospectionResponse(as, client, after)).active === false, 'an access token that died with its grant');
const end = new URL(as.end_session_endpoint);
end.searchParams.set('id_token_hint', refreshed.id_token);
end.searchParams.set('post_logout_redirect_uri', s.POST_LOGOUT_REDIRECT_URI);
expect((await browser.signOut(end)).href === s.POST_LOGOUT_REDIRECT_URI, 'the way back after sign-out');
console.log('OK');
