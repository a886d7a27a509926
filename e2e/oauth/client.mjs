// A client made of openid-client, oauth4webapi below it, and jose. It writes
// where the browser has to go, reads where the browser came back to, and writes
// what came of it. Any answer that breaks the protocol throws.
import * as readline from 'node:readline/promises'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, METHOD, REDIRECT } = process.env
const authentication = {
  none: () => client.None(),
  client_secret_basic: () => client.ClientSecretBasic(CLIENT_SECRET),
  client_secret_post: () => client.ClientSecretPost(CLIENT_SECRET),
}[METHOD]()

const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, authentication, {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
})

const pkceCodeVerifier = client.randomPKCECodeVerifier()
const expectedState = client.randomState()
const expectedNonce = client.randomNonce()
const there = client.buildAuthorizationUrl(config, {
  redirect_uri: REDIRECT,
  scope: 'openid offline_access',
  state: expectedState,
  nonce: expectedNonce,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
})
console.log(there.href)

const lines = readline.createInterface({ input: process.stdin })
const back = new URL((await lines[Symbol.asyncIterator]().next()).value)
lines.close()

const tokens = await client.authorizationCodeGrant(config, back, {
  pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true,
})
const { sub } = tokens.claims()
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri))
const verify = (jwt) => jwtVerify(jwt, keys, {
  issuer: ISSUER, audience: 'backstage', typ: 'vnd.backstage.user', algorithms: ['ES256'],
  requiredClaims: ['sub', 'iat', 'exp', 'jti', 'sid', 'client_id'],
})
await verify(tokens.access_token)
const info = await client.fetchUserInfo(config, tokens.access_token, sub)

const next = await client.refreshTokenGrant(config, tokens.refresh_token)
await verify(next.access_token)
await client.tokenRevocation(config, next.refresh_token)
const ended = await client.refreshTokenGrant(config, next.refresh_token).then(() => 'still good', (error) => error.error)

console.log(JSON.stringify({ sub, userinfo: info.sub, rotated: next.refresh_token !== tokens.refresh_token, ended }))
