package console

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// askedChange is a page that asks before a token is changed.
type askedChange struct {
	token  tokenView
	path   string // where its form is sent
	reason string // what was typed
	fault  string

	narrower []page.Option // scopes that a new token may have in the place of the present ones
}

// tokenQuestion is a page that asks before a change of a token.
type tokenQuestion struct {
	path   string       // of the change, below that of the token
	action audit.Action // that follows
	sheet  func(*page.Visitor, askedChange) page.Sheet
}

// ask shows a question to whoever may do what it asks for.
func (p tokenPages) ask(w http.ResponseWriter, r *web.Request, q tokenQuestion) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	t, err := p.findFor(r, q.action)
	if err != nil {
		return err
	}
	asked := askedChange{token: p.view(r, t), path: p.pathOf(t.ID) + "/" + q.path}
	asked.token.Path = p.back(r, t.ID)
	if asked.token.UsedFrom, err = p.usedFrom(v, r, t.ID); err != nil {
		return err
	}
	sheet := q.sheet(v, asked)
	sheet.Tab, sheet.Trail = p.path, p.trail(v, t.Name, t.ID)
	return p.Site.Write(w, v, sheet)
}

func (p tokenPages) askRevoke(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, revocation(func(*page.Visitor, *askedChange) int { return http.StatusOK }))
}

// revocation asks before a token is revoked. typed fills in what was typed and what
// is wrong with it, and gives the status.
func revocation(typed func(*page.Visitor, *askedChange) (status int)) tokenQuestion {
	return tokenQuestion{"revoke", audit.TokenRevoked, func(v *page.Visitor, a askedChange) page.Sheet {
		status := typed(v, &a)
		return page.Sheet{Title: v.Text("token.revoke.title", "name", a.token.Name), Content: tokenRevoke(v, a), Status: status}
	}}
}

// reasonFault says at its field that a reason was not taken.
func reasonFault(reason string) func(*page.Visitor, *askedChange) (status int) {
	return func(v *page.Visitor, a *askedChange) int {
		a.reason, a.fault = reason, v.Text("token.fault.reason")
		return http.StatusUnprocessableEntity
	}
}

func (p tokenPages) end(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	reason, err := form.One("reason")
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	err = p.endToken(r, token.Revocation{TokenID: id, Reason: reason})
	switch {
	case errors.Is(err, token.ErrInvalid):
		return p.ask(w, r, revocation(reasonFault(reason)))
	case err != nil:
		return err
	}
	p.Site.Notify(w, "notice.revoked")
	return page.SeeOther(w, p.back(r, id))
}

func (p tokenPages) askDisable(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, tokenQuestion{"disable", audit.TokenDisabled, func(v *page.Visitor, a askedChange) page.Sheet {
		return page.Sheet{Title: v.Text("token.disable.title", "name", a.token.Name), Content: tokenDisable(v, a)}
	}})
}

func (p tokenPages) disable(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	if _, err := p.Authority.Disable(r.Context(), r.Principal, p.kind, id); err != nil {
		return err
	}
	p.Site.Notify(w, "notice.disabled")
	return page.SeeOther(w, p.back(r, id))
}

func (p tokenPages) enable(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	if _, err := p.Authority.Enable(r.Context(), r.Principal, p.kind, id); err != nil {
		return err
	}
	p.Site.Notify(w, "notice.enabled")
	return page.SeeOther(w, p.back(r, id))
}

func (p tokenPages) askRotate(w http.ResponseWriter, r *web.Request) error {
	if err := p.own(r); err != nil {
		return err
	}
	return p.ask(w, r, tokenQuestion{"rotate", audit.TokenRotated, func(v *page.Visitor, a askedChange) page.Sheet {
		if p.in != nil {
			a.narrower = narrowerPresets(v, a.token)
		}
		return page.Sheet{Title: v.Text("token.rotate.title", "name", a.token.Name), Content: tokenRotate(v, a)}
	}})
}

// overlaps are the choices for how long a former secret lives on, in seconds.
func overlaps(v *page.Visitor) []page.Option {
	return []page.Option{
		{Value: "0", Label: v.Text("token.overlap.now"), Hint: v.Text("token.overlap.now.hint")},
		{Value: "3600", Label: v.Text("token.overlap.hour")},
		{Value: "86400", Label: v.Text("token.overlap.day")},
		{Value: "604800", Label: v.Text("token.overlap.week")},
	}
}

// rotate replaces the secret. The form names the secret it was shown
// for: sent again, by a reload or from another tab, it must not replace the new
// one, which nobody would have seen.
func (p tokenPages) rotate(w http.ResponseWriter, r *web.Request) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	if err := p.own(r); err != nil {
		return err
	}
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	seen, err := form.One("hint")
	switch {
	case err != nil:
		return err
	case seen == "" && p.in == nil: // their former tokens cannot be rotated twice
		return token.Invalid("The form does not say which secret it is about")
	}
	text, err := form.One("overlap")
	if err != nil {
		return err
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 || seconds > int(authority.MaxOverlap/time.Second) {
		return token.Invalid("The overlap must be a whole number of seconds from 0 to 604800")
	}
	access, err := form.One("access")
	if err != nil {
		return err
	}
	issued, err := p.Authority.Rotate(r.Context(), r.Principal, authority.RotateRequest{
		Kind: p.kind, TokenID: r.PathValue("id"), From: seen, Overlap: time.Duration(seconds) * time.Second,
		Scopes: presetScopes(access),
	})
	switch {
	case errors.Is(err, token.ErrWasRotated):
		return token.NewError(token.ErrWasRotated, "This token was rotated meanwhile. Its new secret was shown once and is not shown again; rotate it once more if it was lost.", nil)
	case err != nil:
		return err
	}
	return p.writeOnce(w, v, v.Text("token.rotated", "name", issued.Token.Name), issued)
}
