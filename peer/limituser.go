package peer

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// LimitUser gives the limited-user JWT within a user token of Backstage: less
// than that token, it proves who the user is and opens nothing by itself. A
// plugin that was called by the user hands it on as [Behalf].User.
//
// It is put together from the user token's claim uip, a second signature of the
// issuer over sub, iat and exp alone. Nothing is verified here: pass a token
// that was. One without uip, or of another form, is token.ErrMalformed.
func LimitUser(user token.Secret) (token.Secret, error) {
	raw := user.Reveal()
	header, err := jwt.UnverifiedHeader(raw, jwt.LongestMaxLength)
	if err != nil {
		return token.Secret{}, err
	}
	payload, err := jwt.UnverifiedPayload(raw, jwt.LongestMaxLength)
	if err != nil {
		return token.Secret{}, err
	}
	object, err := strictjson.ParseObject(payload, strictjson.Limits{MaxBytes: jwt.LongestMaxLength})
	if err != nil {
		return token.Secret{}, refuse(token.ErrMalformed, "claims: "+err.Error())
	}
	proof, _ := object.Find("uip")
	signature, ok := proof.Text()
	if _, err := base64.RawURLEncoding.Strict().DecodeString(signature); !ok || signature == "" || err != nil {
		return token.Secret{}, refuse(token.ErrMalformed, "the user token has no uip: its issuer does not let plugins act for users")
	}
	signed := map[string]strictjson.Value{}
	for _, name := range []string{"sub", "iat", "exp"} {
		value, found := object.Find(name)
		if !found {
			return token.Secret{}, refuse(token.ErrMalformed, "the user token has no "+name)
		}
		signed[name] = value
	}
	// To the byte what the issuer signed: these members, in this order.
	encode := func(format string, args ...any) string {
		return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, format, args...))
	}
	return token.NewSecret(encode(`{"typ":%q,"alg":%q,"kid":%q}`, limitedUserType, header.Algorithm, header.KeyID) + "." +
		encode(`{"sub":%s,"iat":%s,"exp":%s}`, signed["sub"], signed["iat"], signed["exp"]) + "." + signature), nil
}

// limitedUserEnd gives the exp of a limited-user JWT.
func limitedUserEnd(raw string) (time.Time, error) {
	payload, err := jwt.UnverifiedPayload(raw, MaxLength)
	if err != nil {
		return time.Time{}, err
	}
	said, err := parseClaims(payload)
	return said.expires, err
}
