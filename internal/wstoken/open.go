package wstoken

import (
	"context"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// Open verifies a token without a look-up: length (8 KiB), three parts of
// canonical base64url, header, signature by one of the keys, strict claims,
// nbf and exp against now. keys are asked without a kid and give all that may
// have signed.
//
// Errors: token.ErrMalformed, token.ErrSignature, token.ErrNotYet,
// token.ErrExpired, or that of the keys.
func Open(ctx context.Context, raw string, keys jwt.KeySource, now time.Time) (Claims, error) {
	opened, err := jwt.Open(ctx, raw, anyKey{keys}, jwt.DefaultMaxLength)
	if err != nil {
		return Claims{}, err
	}
	if opened.Header.Type != "" && opened.Header.Type != typ {
		return Claims{}, token.ErrMalformed
	}
	return parseClaims(opened.Payload, now)
}

// anyKey asks for the keys of no kid, whatever the token says.
type anyKey struct{ source jwt.KeySource }

// FindKeys implements jwt.KeySource.
func (k anyKey) FindKeys(ctx context.Context, _ string) ([]jwt.Key, error) {
	return k.source.FindKeys(ctx, "")
}

// parseClaims reads a payload whose signature was found good.
func parseClaims(data []byte, now time.Time) (Claims, error) {
	object, err := strictjson.ParseObject(data, strictjson.Limits{})
	if err != nil || hasVariant(object, "extra", "account", "workspace", "exp", "nbf") {
		return Claims{}, token.ErrMalformed
	}
	value, _ := object.Find("extra")
	extra, err := strictjson.ParseObject(value, strictjson.Limits{})
	if err != nil || hasVariant(extra, "apiTokenId", "scopes") {
		return Claims{}, token.ErrMalformed
	}
	c := Claims{TokenID: textOf(extra, "apiTokenId"), Account: textOf(object, "account"), Workspace: textOf(object, "workspace")}
	if !isUUID(c.TokenID) || !isUUID(c.Account) || !isUUID(c.Workspace) {
		return Claims{}, token.ErrMalformed
	}
	if c.ExpiresAt, err = checkTimes(object, now); err != nil {
		return Claims{}, err
	}
	c.Scopes, err = scopesOf(extra)
	return c, err
}

// checkTimes gives exp. Both times are whole seconds in [1, 2^53); a missing,
// odd or zero exp is no token that lives for ever.
func checkTimes(object strictjson.Object, now time.Time) (exp time.Time, err error) {
	value, _ := object.Find("exp")
	seconds, ok := value.Integer()
	if !ok || seconds < 1 {
		return time.Time{}, token.ErrMalformed
	}
	if value, present := object.Find("nbf"); present {
		from, ok := value.Integer()
		switch {
		case !ok:
			return time.Time{}, token.ErrMalformed
		case now.Before(time.Unix(from, 0)):
			return time.Time{}, token.ErrNotYet
		}
	}
	exp = time.Unix(seconds, 0).UTC()
	if !now.Before(exp) {
		return time.Time{}, token.ErrExpired
	}
	return exp, nil
}

// scopesOf reads the scopes claim: absent, or the text of a JSON array of one
// to three different scopes.
func scopesOf(extra strictjson.Object) (token.Scopes, error) {
	value, present := extra.Find("scopes")
	if !present {
		return nil, nil
	}
	text, ok := value.Text()
	if !ok || strictjson.Check([]byte(text), strictjson.Limits{}) != nil {
		return nil, token.ErrMalformed
	}
	list, ok := strictjson.Value(text).Texts()
	if !ok {
		return nil, token.ErrMalformed
	}
	scopes, ok := token.ParseWorkspaceScopes(list)
	if !ok || len(scopes) != len(list) {
		return nil, token.ErrMalformed
	}
	return scopes, nil
}

// scopesText is what scopesOf reads. None of the scopes needs an escape.
func scopesText(scopes token.Scopes) string {
	return `["` + strings.Join(scopes, `","`) + `"]`
}

// hasVariant reports a member whose name differs from a known one in letter
// case only. Alone it is no twin, yet a careless reader takes it for the known
// one, and a claim that was "not there" would be there after all.
func hasVariant(object strictjson.Object, known ...string) bool {
	_, ok := object.Variant(known...)
	return ok
}

func textOf(object strictjson.Object, name string) string {
	value, _ := object.Find(name)
	text, _ := value.Text()
	return text
}
