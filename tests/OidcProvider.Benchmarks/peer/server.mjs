// The peer: node-oidc-provider with its in-memory adapter, JWT access tokens, one confidential client.
// Usage: node server.mjs PORT ALG CLIENT_ID CLIENT_SECRET
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, alg, client_id, client_secret] = process.argv.slice(2);
const key = kind => ({ ...(kind === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' })).privateKey.export({ format: 'jwk' }), use: 'sig', alg: kind });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [key('RS256'), key('ES256')] },
  clients: [{ client_id, client_secret, grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'api' }],
  scopes: ['openid', 'api'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'http://localhost:5082',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'api', audience: 'http://localhost:5082', accessTokenTTL: 900, accessTokenFormat: 'jwt', jwt: { sign: { alg } } }),
    },
  },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
