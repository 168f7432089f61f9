// The peer: node-oidc-provider with its in-memory adapter, JWT access tokens (and opaque ones for introspection, since it
// introspects no JWTs), one confidential client that may do everything, sessions by its development pages.
// Usage: node server.mjs PORT ALG CLIENT_ID CLIENT_SECRET
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, alg, client_id, client_secret] = process.argv.slice(2);
const key = kind => ({ ...(kind === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' })).privateKey.export({ format: 'jwk' }), use: 'sig', alg: kind });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [key('RS256'), key('ES256')] },
  clients: [{
    client_id, client_secret, grant_types: ['client_credentials', 'authorization_code', 'refresh_token'], response_types: ['code'],
    redirect_uris: ['http://127.0.0.1:7101/cb'], scope: 'openid profile email offline_access api',
  }],
  scopes: ['openid', 'offline_access', 'api'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: 'Alice Archer', email: 'alice@example.test' }) }),
  cookies: { keys: ['benchmark'] },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  ttl: { AccessToken: 900, ClientCredentials: 900, Grant: 86400, IdToken: 900, Interaction: 600, RefreshToken: 86400, Session: 86400 },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_, client, oneOf) => oneOf ?? 'http://localhost:5082',
      // A token for userinfo is one without a resource: who asks for less than the scope of the resource gets such a one.
      useGrantedResource: ctx => !ctx.oidc.params?.scope || ctx.oidc.params.scope.split(' ').includes('api'),
      getResourceServerInfo: (_, resource) => ({
        scope: 'api', audience: resource, accessTokenTTL: 900,
        ...(resource.endsWith('/opaque') ? { accessTokenFormat: 'opaque' } : { accessTokenFormat: 'jwt', jwt: { sign: { alg } } }),
      }),
    },
  },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
