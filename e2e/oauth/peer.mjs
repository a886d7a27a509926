// A peer made of jose. It verifies the tokens that it is given, and writes some
// of its own: one of a shared secret, and one of a plugin with its key set.
import { SignJWT, createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'

const { SECRET, SHARED, PLUGIN, KEYS } = process.env
const secret = Buffer.from(SECRET, 'base64')
const { payload } = await jwtVerify(SHARED, secret, { algorithms: ['HS256'], requiredClaims: ['exp'] })
const plugin = await jwtVerify(PLUGIN, createLocalJWKSet(JSON.parse(KEYS)), {
  algorithms: ['ES256'], typ: 'vnd.backstage.plugin', audience: 'catalog', requiredClaims: ['sub', 'iat', 'exp'],
})

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
const now = Math.floor(Date.now() / 1000)
console.log(JSON.stringify({
  sub: payload.sub,
  plugin: plugin.payload.sub,
  shared: await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject('backstage-server')
    .setExpirationTime(now + 3600).sign(secret),
  typed: await new SignJWT({}).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).setSubject('backstage-server')
    .setIssuedAt(now).setExpirationTime(now + 3600).sign(secret),
  fromPlugin: await new SignJWT({}).setProtectedHeader({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'jose-1' })
    .setSubject('scaffolder').setAudience('catalog').setIssuedAt(now).setExpirationTime(now + 3600).sign(privateKey),
  keys: JSON.stringify({ keys: [{ ...await exportJWK(publicKey), kid: 'jose-1', alg: 'ES256' }] }),
}))
