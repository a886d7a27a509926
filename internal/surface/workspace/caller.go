package workspace

import (
	"context"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// recordDeadline bounds the record of a refusal.
const recordDeadline = 5 * time.Second

// caller gives who calls a method: a person, or for one method a back end. Only
// the Authorization header is read, the scheme followed by exactly one space.
//
// A good token of any other kind is refused, workspace tokens above all: they
// must neither renew themselves nor end others (E-03).
func (h handlers) caller(r *web.Request, method string) (token.Principal, error) {
	raw, err := verify.Bearer(r.Header)
	if err != nil || r.Header["Authorization"][0] != r.Header["Authorization"][0][:len("Bearer ")]+raw {
		return token.Principal{}, token.ErrNoCredential
	}
	by, err := h.Authenticate(r.Context(), raw)
	if err != nil && !errors.Is(err, token.ErrWrongKind) {
		return token.Principal{}, err
	}
	if limited := r.Identify(by); limited != nil {
		return token.Principal{}, limited
	}
	by = r.Principal
	// A peer with restrictions may only do what they name, and nothing here has
	// a name that they could (PEER-19).
	backend := by.Peer != "" && by.Permissions == nil
	if err == nil && (by.Type == token.PrincipalUser || backend && method == checkMethod) {
		return by, nil
	}
	return token.Principal{}, h.refuse(r.Context(), by, method, token.ErrPermission)
}

// refuse records that a caller was turned away, and gives the reason back.
func (h handlers) refuse(ctx context.Context, by token.Principal, method string, reason error) error {
	entry := audit.NewEntry(audit.AccessRefused, by, h.Authority.Now()).Refuse(reason).With("method", method)
	entry.Kind = token.KindWorkspace
	// A client that hangs up must not take the record with it (trap T-19).
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordDeadline)
	defer cancel()
	if err := h.Record(ctx, entry); err != nil {
		return token.Unavailable(err)
	}
	return reason
}
