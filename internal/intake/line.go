package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// MaxLine is the longest line, in bytes.
const MaxLine = 64 << 10

// Members lists the members of a token of a file, which are the columns of CSV.
func Members() []string {
	return []string{
		"kind", "digest", "algorithm", "hint", "name", "description", "owner", "scopes", "expiresAt",
		"createdAt", "createdBy", "lastUsedAt", "revokedAt", "revokedBy", "history", "id",
	}
}

// ParseLine reads one token from JSON, strictly: what is silently ignored could
// be the expiry that was meant (row E-08). numbered says that the line has its
// number in it.
func ParseLine(text []byte, numbered bool) (api.ImportLine, error) {
	object, err := strictjson.ParseObject(text, strictjson.Limits{MaxBytes: MaxLine})
	if err != nil {
		return api.ImportLine{}, token.Invalid("the line is not one JSON object with each member once; see the guide for its members")
	}
	known := Members()
	if numbered {
		known = append(known, "line")
	}
	if _, unknown := object.Unknown(known...); unknown {
		return api.ImportLine{}, token.Invalid("there is an unknown member; known are: " + strings.Join(known, ", "))
	}
	f := fields{find: func(name string) (strictjson.Value, bool) {
		v, ok := object.Find(name)
		return v, ok && !v.IsNull()
	}}
	line := f.line()
	if v, ok := f.find("scopes"); ok {
		if line.Scopes, ok = v.Texts(); !ok {
			f.fail("scopes must be an array of strings")
		}
	}
	if v, ok := f.find("line"); ok {
		n, isNumber := v.Integer()
		if line.Line = int(n); !isNumber || n < 1 || n > 1<<31 {
			f.fail("line must be a whole number of at least 1")
		}
	}
	return line, f.err
}

// fields reads members; the first fault is kept.
type fields struct {
	find func(name string) (strictjson.Value, bool)
	err  error
}

func (f *fields) fail(what string) {
	if f.err == nil {
		f.err = token.Invalid(what)
	}
}

// line reads everything but scopes and number. The digest comes first: where a
// raw token was pasted in its place, that is what the person must hear.
func (f *fields) line() api.ImportLine {
	line := api.ImportLine{Digest: f.digest()}
	for _, member := range []struct {
		name string
		to   *string
	}{
		{"kind", &line.Kind},
		{"algorithm", &line.Algorithm},
		{"hint", &line.Hint},
		{"name", &line.Name},
		{"description", &line.Description},
		{"owner", &line.Owner},
		{"createdBy", &line.CreatedBy},
		{"revokedBy", &line.RevokedBy},
		{"history", &line.History},
		{"id", &line.ID},
	} {
		*member.to = f.text(member.name)
	}
	for _, member := range []struct {
		name string
		to   *time.Time
	}{
		{"createdAt", &line.CreatedAt},
		{"expiresAt", &line.ExpiresAt},
		{"lastUsedAt", &line.LastUsedAt},
		{"revokedAt", &line.RevokedAt},
	} {
		*member.to = f.time(member.name)
	}
	switch {
	case !slices.Contains([]string{"", AlgorithmSHA256, AlgorithmHMAC, AlgorithmScrypt}, line.Algorithm):
		f.fail("algorithm must be sha256, hmac-sha256 or scrypt")
	case line.Digest == "" && (line.Algorithm != AlgorithmScrypt || line.RevokedAt.IsZero()):
		f.fail("digest is missing")
	}
	return line
}

// text gives a string, "" when it is absent. No text has a token in it: it would
// be stored and read by many.
func (f *fields) text(name string) string {
	v, ok := f.find(name)
	if !ok {
		return ""
	}
	s, ok := v.Text()
	if !ok {
		f.fail(name + " must be a string")
		return ""
	}
	if token.HoldsSecret(s) {
		f.fail(name + " holds what looks like a raw token; take it out of the file and revoke it where it is from, for whoever read the file has it")
		return ""
	}
	return s
}

func (f *fields) time(name string) time.Time {
	s := f.text(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		f.fail(name + " must be a time such as 2026-12-31T00:00:00Z")
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// digest gives the digest in hexadecimal, or the hash as it is, or "" when there
// is none, of which line judges.
func (f *fields) digest() string {
	v, ok := f.find("digest")
	s, isText := v.Text()
	switch {
	case !ok, isText && s == "":
		return ""
	case f.says("algorithm", AlgorithmScrypt):
		hash, err := token.ParseScryptHash(s)
		if err != nil {
			f.fail(token.Message(err))
			return ""
		}
		return hash.String()
	}
	d, err := ParseDigest(s)
	if err != nil {
		f.fail(token.Message(err))
		return ""
	}
	return d.String()
}

// says reports whether a member is this text.
func (f *fields) says(name, text string) bool {
	v, ok := f.find(name)
	if !ok {
		return false
	}
	s, _ := v.Text()
	return s == text
}

// The algorithms of digests. Scrypt is that of Backstage, for personal tokens.
const (
	AlgorithmSHA256 = "sha256"
	AlgorithmHMAC   = "hmac-sha256"
	AlgorithmScrypt = "scrypt"
)

// ParseDigest reads a digest: 64 hexadecimal digits of either case, or 43
// characters of base64url, with or without padding. What looks like a raw token
// is refused with other words.
func ParseDigest(s string) (token.Digest, error) {
	raw := []byte(s)
	if len(raw) == hex.EncodedLen(token.DigestSize) {
		if d, err := hex.DecodeString(s); err == nil {
			return token.Digest(d), nil
		}
	}
	encoding := base64.RawURLEncoding.Strict()
	if text := bytes.TrimSuffix(raw, []byte("=")); len(text) == encoding.EncodedLen(token.DigestSize) {
		if d, err := encoding.DecodeString(string(text)); err == nil {
			return token.Digest(d), nil
		}
	}
	if looksRaw(s) {
		return token.Digest{}, token.Invalid("digest holds what looks like a raw token; put the SHA-256 of the whole token there, and treat the token as leaked: whoever read the file has it")
	}
	return token.Digest{}, token.Invalid("digest must be 64 hexadecimal digits, or 43 characters of base64url: the SHA-256 or HMAC-SHA-256 of the whole raw token")
}

// looksRaw reports whether a text may be a token of anybody's: with a checksum
// of ours, a JWT, or a prefix and a long rest.
func looksRaw(s string) bool {
	if token.HoldsSecret(s) || strings.Count(s, ".") >= 1 && len(s) > 40 {
		return true
	}
	at := strings.LastIndexAny(s, "_-")
	return at > 0 && len(s) > 24 && !strings.ContainsAny(s, " \t")
}
