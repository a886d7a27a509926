package jwt

import (
	"strings"

	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// Header is what is read of a JOSE header.
type Header struct {
	Algorithm Algorithm
	Type      string // typ as it was sent; "" when absent
	KeyID     string // kid; "" when absent
}

// Members that change how a token is to be processed. No extension is
// supported, so there is no right way to obey them.
var refusedMembers = [...]string{"crit", "b64"} //nolint:gochecknoglobals // it is only read

// parseHeader reads a header. Members that carry or name keys (jwk, x5c, jku,
// x5u) are not even looked at: keys come from the configuration.
func parseHeader(data []byte) (Header, error) {
	object, err := strictjson.ParseObject(data, jsonLimits())
	if err != nil {
		return Header{}, malformed("header: " + err.Error())
	}
	for _, name := range refusedMembers {
		if _, ok := object.Find(name); ok {
			return Header{}, malformed("header: extensions are not supported")
		}
	}
	value, _ := object.Find("alg")
	alg, _ := value.Text()
	if alg == "" {
		return Header{}, refuse(token.ErrAlgorithm, "header: alg is missing, empty or not a string")
	}
	typ, err := optionalText(object, "typ")
	if err != nil {
		return Header{}, err
	}
	if _, present := object.Find("typ"); present && typ == "" {
		return Header{}, malformed("header: typ is empty")
	}
	kid, err := optionalText(object, "kid")
	if err != nil {
		return Header{}, err
	}
	if _, present := object.Find("kid"); present && !ValidKeyID(kid) {
		return Header{}, malformed("header: kid must be 1 to 128 of [A-Za-z0-9._-]")
	}
	return Header{Algorithm(alg), typ, kid}, nil
}

// HasType reports whether typ is the given type. Letter case and a leading
// "application/" do not count (RFC 7515 section 4.1.9). An absent typ is no
// type at all and never equal to one.
func (h Header) HasType(want string) bool {
	return want != "" && mediaType(h.Type) == mediaType(want)
}

func mediaType(s string) string {
	return strings.TrimPrefix(asciiLower(s), "application/")
}

// asciiLower lowers A-Z only: strings.ToLower also makes "k" of the Kelvin
// sign (T-16).
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// optionalText gives the text of a member, or "" when there is no such member.
// A member of another type, null included, makes the token malformed.
func optionalText(object strictjson.Object, name string) (string, error) {
	value, ok := object.Find(name)
	if !ok {
		return "", nil
	}
	text, ok := value.Text()
	if !ok {
		return "", malformed(name + " is not a string")
	}
	return text, nil
}

// jsonLimits are those of request bodies: a token within its length cap may
// still nest or repeat without end.
func jsonLimits() strictjson.Limits {
	return strictjson.Limits{MaxBytes: LongestMaxLength}
}
