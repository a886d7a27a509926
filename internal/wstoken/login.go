package wstoken

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// OpenLogin verifies a login token of a host that shares a secret with us, and
// gives the UUID of its account. Such a token has no apiTokenId, and here alone
// exp may be missing. Whatever else it claims, such as being an administrator,
// is not read.
//
// Errors are those of [Open].
func OpenLogin(ctx context.Context, raw string, keys jwt.KeySource, now time.Time) (account string, err error) {
	opened, err := jwt.Open(ctx, raw, anyKey{keys}, jwt.DefaultMaxLength)
	if err != nil {
		return "", err
	}
	object, err := strictjson.ParseObject(opened.Payload, strictjson.Limits{})
	if err != nil || hasVariant(object, "extra", "account", "exp", "nbf") || namesToken(object) {
		return "", token.ErrMalformed
	}
	if _, ends := object.Find("exp"); ends {
		if _, err := checkTimes(object, now); err != nil {
			return "", err
		}
	} else if _, begins := object.Find("nbf"); begins {
		return "", token.ErrMalformed // nobody makes a token that begins and never ends
	}
	if account = textOf(object, "account"); !isUUID(account) {
		return "", token.ErrMalformed
	}
	return account, nil
}

// namesToken reports whether there is an apiTokenId, in any spelling: then it is
// no login token, however it is signed.
func namesToken(object strictjson.Object) bool {
	value, present := object.Find("extra")
	if !present {
		return false
	}
	extra, err := strictjson.ParseObject(value, strictjson.Limits{})
	if err != nil {
		return true
	}
	_, names := extra.Find("apiTokenId")
	return names || hasVariant(extra, "apiTokenId")
}
