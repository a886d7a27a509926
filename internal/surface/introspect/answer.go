package introspect

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// inactive is the whole answer about every token that is not good.
const inactive = `{"active":false}`

// appendAnswer appends the answer about one token (RFC 7662 section 2.2) in
// the members and the order of api.Introspection. Members with nothing to say
// are left out. Nothing here can fail, so an answer is never half written.
func (h *handlers) appendAnswer(b []byte, v *verify.Verified) []byte {
	if v == nil {
		return append(b, inactive...)
	}
	b = append(b, `{"active":true`...)
	b = appendMember(b, "scope", v.ScopeString())
	b = appendMember(b, "client_id", v.ClientID())
	subject := string(v.Subject())
	if strings.HasPrefix(subject, "user:") {
		b = appendMember(b, "username", subject)
	}
	b = appendMember(b, "token_type", "Bearer")
	if ends := v.ExpiresAt(); !ends.IsZero() { // the fixed text of a peer may have no end
		b = appendSeconds(b, "exp", ends.Unix())
	}
	if v.Kind() != token.KindPeer { // their tokens need not say when they were made
		issued := v.IssuedAt().Unix()
		b = appendSeconds(b, "iat", issued)
		b = appendSeconds(b, "nbf", issued)
	}
	b = appendMember(b, "sub", subject)
	b = appendAudience(b, v)
	b = appendMember(b, "iss", h.issuerOf(v))
	b = appendMember(b, "jti", v.TokenID())
	b = appendMember(b, "kind", string(v.Kind()))
	b = appendMember(b, "owner", v.Owner())
	b = appendMember(b, "workspace", v.Workspace())
	b = appendMember(b, "name", v.Name())
	return append(b, '}')
}

// issuerOf gives who made a token: the issuer that a JWT names, or ourselves.
// Peers make their own.
func (h *handlers) issuerOf(v *verify.Verified) string {
	if issuer := v.Issuer(); issuer != "" || v.Kind() == token.KindPeer {
		return issuer
	}
	return h.issuer
}

// appendAudience appends aud, which only JWTs have.
func appendAudience(b []byte, v *verify.Verified) []byte {
	if v.Issuer() == "" && v.Kind() != token.KindPeer {
		return b // spares opaque tokens the copy that Audience makes
	}
	audience := v.Audience()
	if len(audience) == 0 {
		return b
	}
	b = append(appendName(b, "aud"), '[')
	for i, one := range audience {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, one)
	}
	return append(b, ']')
}

// appendMember appends a member with a text, unless the text is empty. name
// needs no escapes.
func appendMember(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return appendText(appendName(b, name), text)
}

func appendSeconds(b []byte, name string, seconds int64) []byte {
	return strconv.AppendInt(appendName(b, name), seconds, 10)
}

func appendName(b []byte, name string) []byte {
	b = append(b, ',', '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

// appendText appends a JSON string. What people and foreign issuers wrote may
// hold anything; the rest is visible ASCII.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string always encodes
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
