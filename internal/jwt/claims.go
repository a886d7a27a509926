package jwt

import (
	"time"

	"github.com/tokenwright/tokenwright/internal/strictjson"
)

// Claims are what a token says. An absent text is "", an absent time the zero
// time, an absent audience nil.
type Claims struct {
	Issuer    string // iss
	Subject   string // sub
	Audience  []string
	ID        string // jti
	SessionID string // sid
	ClientID  string // client_id
	Scope     string // scope, space-delimited (RFC 8693 section 4.2)
	// Times are UTC in whole seconds.
	IssuedAt, ExpiresAt, NotBefore time.Time
	// KeyID is the kid of the key that verified the token. Only Verify
	// fills it.
	KeyID string

	members strictjson.Object
}

// ParseClaims reads a payload: strict JSON, an object, and every member that
// Claims has a field for of the right type. Anything else, null included, is
// token.ErrMalformed. No member is required here.
func ParseClaims(payload []byte) (Claims, error) {
	object, err := strictjson.ParseObject(payload, jsonLimits())
	if err != nil {
		return Claims{}, malformed("claims: " + err.Error())
	}
	c := Claims{members: object}
	for _, field := range [...]struct {
		name string
		into *string
	}{
		{"iss", &c.Issuer},
		{"sub", &c.Subject},
		{"jti", &c.ID},
		{"sid", &c.SessionID},
		{"client_id", &c.ClientID},
		{"scope", &c.Scope},
	} {
		if *field.into, err = optionalText(object, field.name); err != nil {
			return Claims{}, err
		}
	}
	for _, field := range [...]struct {
		name string
		into *time.Time
	}{{"iat", &c.IssuedAt}, {"exp", &c.ExpiresAt}, {"nbf", &c.NotBefore}} {
		if *field.into, err = optionalTime(object, field.name); err != nil {
			return Claims{}, err
		}
	}
	if c.Audience, err = audience(object); err != nil {
		return Claims{}, err
	}
	return c, nil
}

// Has reports whether there is a member of this name, of any type.
func (c Claims) Has(name string) bool {
	_, ok := c.members.Find(name)
	return ok
}

// Text gives the text of a member; ok is false when there is none or it is not
// a string.
func (c Claims) Text(name string) (text string, ok bool) {
	value, _ := c.members.Find(name)
	return value.Text()
}

// Texts gives the elements of a member that is an array of strings; ok is false
// when there is none or it is anything else.
func (c Claims) Texts(name string) (texts []string, ok bool) {
	value, _ := c.members.Find(name)
	return value.Texts()
}

// audience reads aud: a string or an array of strings (RFC 7519 section
// 4.1.3).
func audience(object strictjson.Object) ([]string, error) {
	value, ok := object.Find("aud")
	if !ok {
		return nil, nil
	}
	if one, ok := value.Text(); ok {
		return []string{one}, nil
	}
	if many, ok := value.Texts(); ok {
		return many, nil
	}
	return nil, malformed("aud is neither a string nor an array of strings")
}

// optionalTime reads a NumericDate, which here is a whole number of seconds in
// [0, 2^53).
func optionalTime(object strictjson.Object, name string) (time.Time, error) {
	value, ok := object.Find(name)
	if !ok {
		return time.Time{}, nil
	}
	seconds, ok := value.Integer()
	if !ok {
		return time.Time{}, malformed(name + " is not a whole number of seconds")
	}
	return time.Unix(seconds, 0).UTC(), nil
}
