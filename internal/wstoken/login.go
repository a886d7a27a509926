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
// exp may be missing. That it claims to be an administrator or a service is not
// believed.
//
// The host signs other things with the same secret: links for guests, readers'
// tokens, addresses to confirm, sign-ins that wait for a second factor. Each is
// good for less than a login, so what has a member that a login has not is none.
//
// Errors are those of [Open].
func OpenLogin(ctx context.Context, raw string, keys jwt.KeySource, now time.Time) (account string, err error) {
	opened, err := jwt.Open(ctx, raw, anyKey{keys}, jwt.DefaultMaxLength)
	if err != nil {
		return "", err
	}
	object, err := strictjson.ParseObject(opened.Payload, strictjson.Limits{})
	if err != nil || !isLogin(object) {
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

// isLogin reports whether claims have no member but those of a login token.
func isLogin(object strictjson.Object) bool {
	if _, more := object.Unknown("extra", "account", "workspace", "exp", "nbf"); more {
		return false
	}
	value, present := object.Find("extra")
	if !present {
		return true
	}
	extra, err := strictjson.ParseObject(value, strictjson.Limits{})
	if err != nil {
		return false
	}
	_, more := extra.Unknown("admin", "service", "token_version")
	return !more
}
