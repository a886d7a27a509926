package login

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// recordDeadline bounds the record of a refusal.
const recordDeadline = 5 * time.Second

// confirm shows the button. It does not look the code up: mail scanners and
// previews open links, and whoever guesses codes learns nothing here.
func (h handlers) confirm(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("signin.title"), Narrow: true, Content: linkPage(v)})
}

// arrival is what somebody gets for a link.
type arrival struct {
	user    string
	token   token.Secret // speaks for them, for a while
	until   time.Time
	session bool // the browser is signed in, too
}

// redeem spends the link. The token stands in the page and nowhere else: not
// in a URL, a header or a cookie (row B-06). A link is also spent when its
// user has been disabled since: no way in re-activates an account (row C-12).
func (h handlers) redeem(w http.ResponseWriter, r *web.Request) error {
	guess, err := r.Guess()
	if err != nil {
		return err
	}
	by := from(r)
	user, err := h.Links.UseLink(r.Context(), by, token.NewSecret(r.PathValue("code")))
	switch {
	case errors.Is(err, token.ErrUnauthenticated):
		return h.refuseLink(r, by, user.Ref, err)
	case err != nil:
		return err
	}
	guess.Right()
	by.Type, by.Ref = token.PrincipalUser, user.Ref
	made, err := h.Access.sign(r.Context(), by, user.Ref, DefaultAccessLifetime)
	if err != nil {
		return err
	}
	if h.Cookies.Usable() {
		in := token.SignIn{Session: token.Session{User: user.Ref, Method: token.SignInLink}}
		if err := h.beginSession(w, r, in); err != nil {
			return err
		}
	}
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	shown := arrival{made.User, made.Token, made.ExpiresAt, h.Cookies.Usable()}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("signin.done.title"), Narrow: true, Content: arrivalPage(v, shown)})
}

// refuseLink records that a link did not open, as far as strangers may fill the
// log. Its code is not recorded: it may be that of a good link, mistyped. user
// is known when it is they who may not sign in any more.
func (h handlers) refuseLink(r *web.Request, by token.Principal, user string, reason error) error {
	refused := &page.Explained{
		Err:  token.NewError(token.ErrNotFound, "This sign-in link is unknown, used or too old.", nil),
		Lead: "signin.spent.", Next: page.Onward{Text: "signin.again", Path: SignInPage},
	}
	if !r.MayRecord() {
		return refused
	}
	entry := audit.NewEntry(audit.LinkUsed, by, h.Access.opts.Clock()).Refuse(reason)
	entry.Name = user
	if err := h.record(r, entry); err != nil {
		return err
	}
	return refused
}

// record writes an entry about a refusal. A client that hangs up must not take
// it with it (trap T-19).
func (h handlers) record(r *web.Request, entry audit.Entry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), recordDeadline)
	defer cancel()
	if err := h.Access.opts.Record(ctx, entry); err != nil {
		return token.Unavailable(err)
	}
	return nil
}

// from gives nobody, at the address that a request comes from.
func from(r *web.Request) token.Principal {
	by := token.Principal{RequestID: r.ID}
	if r.Address.IsValid() {
		by.Address = r.Address.String()
	}
	return by
}
