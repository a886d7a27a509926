package login

import (
	"errors"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// linkCommand makes a one-time link at the machine of the server.
const linkCommand = "tokenwright admin link"

var errNoProvider = &page.Explained{
	Err:  token.NewError(token.ErrNotFound, "No identity provider is configured here (sign_in.oidc)", nil),
	Lead: "signin.unoffered.", Values: []string{"setting", "sign_in.oidc"}, Commands: []string{linkCommand + " --user REF"},
	Next: page.Onward{Text: "signin.again", Path: SignInPage},
}

// refuseSignIn records that somebody whom the provider knows does not get in
// here, and says in plain words why. Other faults are given back as they are.
func (h handlers) refuseSignIn(r *web.Request, in token.SignIn, err error) error {
	if !errors.Is(err, token.ErrUnauthenticated) {
		return err
	}
	if r.MayRecord() {
		entry := audit.NewEntry(audit.SessionBegun, from(r), h.Access.opts.Clock()).Refuse(err)
		entry.Name = in.Session.User
		if err := h.record(r, entry.With("method", string(token.SignInOIDC))); err != nil {
			return err
		}
	}
	return whyNot(in.Session.User, err)
}

// whyNot tells somebody whom the provider knows what to do. Its error does not
// have the reason as its cause: to the browser this is a refusal, and not a
// request without a credential.
func whyNot(user string, reason error) error {
	said := &page.Explained{
		Err: token.NewError(token.ErrDenied, token.Message(reason), nil), Values: []string{"user", user},
		Commands: []string{"tokenwright user rebind " + user}, Next: page.Onward{Text: "signin.again", Path: SignInPage},
	}
	switch {
	case errors.Is(reason, token.ErrDisabled):
		said.Lead = "signin.unknown."
		said.Commands = []string{"tokenwright user add " + user, "tokenwright user enable " + user}
	case errors.Is(reason, token.ErrIdentity):
		said.Lead = "signin.taken."
	case errors.Is(reason, token.ErrRenamed):
		said.Lead = "signin.renamed."
		said.Commands = []string{"tokenwright user rebind REF"}
	case errors.Is(reason, token.ErrReserved):
		said.Lead = "signin.reserved."
	default: // something about the account, which only the provider can mend
		said.Lead, said.Values, said.Commands, said.Quotes = "signin.account.", nil, nil, true
	}
	return said
}
