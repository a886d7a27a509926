package forwardauth

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// Refusals for want of a demand, each with what an operator can do.
var (
	errNoRule    = token.NewError(token.ErrNoRule, "No rule lets this request through", nil)
	errNoDemand  = token.NewError(token.ErrNoRule, "Nothing says what this request needs: send the original request, or name a scope or kind in the forward-auth URL", nil)
	errUntrusted = token.NewError(token.ErrNoRule, "The original request was named by a peer that is not in trusted_proxies", nil)
)

// decide answers the proxy.
func (g *gate) decide(w http.ResponseWriter, r *web.Request) error {
	wants, public, err := g.demand(r.Request)
	if public && err == nil {
		return g.allow(w, nil)
	}
	// A target that cannot be judged is refused before any credential is.
	if err != nil && !errors.Is(err, token.ErrDenied) {
		return err
	}
	bearer, credentialErr := verify.Credential(r.Header, g.opts.Basic)
	if credentialErr != nil {
		return credentialErr
	}
	verified, verifyErr := g.verify(r, bearer, wants)
	if verifyErr != nil {
		return g.refused(r, bearer, verifyErr)
	}
	if err == nil {
		err = g.allow(w, verified)
	}
	g.used(r, verified, err)
	if err != nil {
		return g.refused(r, bearer, err)
	}
	return nil
}

// used tells of the use of a good token. The client is the one that the proxy
// asks for, where it may say so (trusted_proxies).
func (g *gate) used(r *web.Request, v *verify.Verified, err error) {
	if g.opts.Used == nil || !v.Kept() {
		return
	}
	g.opts.Used(token.Use{TokenID: v.TokenID(), Kind: v.Kind(), Refused: err != nil, Former: v.Former(), From: r.Address})
}

// both is the demand of a rule and that of the query, as far as there are any.
// Without either it demands that the credential is good.
type both struct {
	list [2]verify.Expect
	n    int
}

func (b *both) add(want verify.Expect) {
	b.list[b.n] = want
	b.n++
}

// demand finds what the request must present. An error of meaning ErrDenied
// says that nothing would be enough.
func (g *gate) demand(r *http.Request) (wants both, public bool, err error) {
	o, err := g.original(r)
	if err != nil {
		return both{}, false, err
	}
	query, asked, err := g.queries.read(r.URL.RawQuery)
	if err != nil {
		return both{}, false, err
	}
	if asked {
		wants.add(query)
	}
	ruled := g.opts.Rules.Len() > 0
	if o.known {
		// Also without rules: an ambiguous target is refused, not repaired.
		rule, err := g.opts.Rules.Match(o.method, o.target, o.upgrade)
		switch {
		case err == nil && rule.Public:
			return wants, !asked, nil
		case err == nil:
			wants.add(rule.Expect)
			return wants, false, nil
		case !errors.Is(err, token.ErrNoRule):
			return both{}, false, err
		case ruled:
			return both{}, false, errNoRule
		}
	}
	switch {
	case ruled && o.named:
		return both{}, false, errUntrusted
	case !asked:
		return both{}, false, errNoDemand
	}
	return wants, false, nil
}

// verify gives proof that the bearer meets all demands.
func (g *gate) verify(r *web.Request, bearer string, wants both) (*verify.Verified, error) {
	verified, err := g.opts.Verifier.Verify(r.Context(), bearer, wants.list[0])
	if err == nil && wants.n == 2 {
		verified, err = g.opts.Verifier.Verify(r.Context(), bearer, wants.list[1])
	}
	if err == nil && verified.Subject() == "" {
		err = token.ErrUnknown // a token that speaks for nobody opens nothing
	}
	return verified, err
}
