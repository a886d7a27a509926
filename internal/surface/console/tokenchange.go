package console

import (
	"errors"
	"net/http"
	"strconv"
	"time"

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
}

// ask shows a page that asks before a change of a token.
func (p tokenPages) ask(w http.ResponseWriter, r *web.Request, action string, build func(*page.Visitor, askedChange) page.Sheet) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	t, err := p.find(r)
	if err != nil {
		return err
	}
	sheet := build(v, askedChange{token: p.view(r, t), path: p.pathOf(t.ID) + "/" + action})
	sheet.Tab, sheet.Trail = p.path, p.trail(v, t.Name, t.ID)
	return p.Site.Write(w, v, sheet)
}

func (p tokenPages) askRevoke(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, "revoke", func(v *page.Visitor, a askedChange) page.Sheet {
		return page.Sheet{Title: v.Text("service.revoke.title", "name", a.token.Name), Content: tokenRevoke(v, a)}
	})
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
	if _, err = p.Authority.Revoke(r.Context(), r.Principal, p.kind, token.Revocation{TokenID: id, Reason: reason}); err != nil {
		return err
	}
	p.Site.Notify(w, "notice.revoked")
	return page.SeeOther(w, p.pathOf(id))
}

func (p tokenPages) askDisable(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, "disable", func(v *page.Visitor, a askedChange) page.Sheet {
		return page.Sheet{Title: v.Text("service.disable.title", "name", a.token.Name), Content: tokenDisable(v, a)}
	})
}

func (p tokenPages) disable(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	if _, err := p.Authority.Disable(r.Context(), r.Principal, p.kind, id); err != nil {
		return err
	}
	p.Site.Notify(w, "notice.disabled")
	return page.SeeOther(w, p.pathOf(id))
}

func (p tokenPages) enable(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	if _, err := p.Authority.Enable(r.Context(), r.Principal, p.kind, id); err != nil {
		return err
	}
	p.Site.Notify(w, "notice.enabled")
	return page.SeeOther(w, p.pathOf(id))
}

func (p tokenPages) askRotate(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, "rotate", func(v *page.Visitor, a askedChange) page.Sheet {
		return page.Sheet{Title: v.Text("service.rotate.title", "name", a.token.Name), Content: tokenRotate(v, a)}
	})
}

// overlaps are the choices for how long a former secret lives on, in seconds.
func overlaps(v *page.Visitor) []page.Option {
	return []page.Option{
		{Value: "0", Label: v.Text("service.overlap.now"), Hint: v.Text("service.overlap.now.hint")},
		{Value: "3600", Label: v.Text("service.overlap.hour")},
		{Value: "86400", Label: v.Text("service.overlap.day")},
		{Value: "604800", Label: v.Text("service.overlap.week")},
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
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	seen, err := form.One("hint")
	switch {
	case err != nil:
		return err
	case seen == "":
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
	issued, err := p.Authority.Rotate(r.Context(), r.Principal, authority.RotateRequest{
		Kind: p.kind, TokenID: r.PathValue("id"), From: seen, Overlap: time.Duration(seconds) * time.Second,
	})
	switch {
	case errors.Is(err, token.ErrWasRotated):
		return token.NewError(token.ErrWasRotated, "This token was rotated meanwhile. Its new secret was shown once and is not shown again; rotate it once more if it was lost.", nil)
	case err != nil:
		return err
	}
	return p.writeOnce(w, v, v.Text("service.rotated", "name", issued.Token.Name), issued)
}
