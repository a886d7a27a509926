package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// personQuestion begins a question about a person.
func personQuestion(v *page.Visitor, p person, action string) asking {
	return asking{
		formPlace: formPlace{tab: peoplePath, path: p.path() + "/" + action, back: p.path(), trail: peopleTrail(v, &p)},
		facts:     []namedFact{{v.Text("people.ref"), p.Ref}},
		keep:      v.Text("token.cancel"),
	}
}

// askPerson asks before something is done about the person of the path.
func (h handlers) askPerson(w http.ResponseWriter, r *web.Request, build func(*page.Visitor, person) (asking, error)) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	p, err := h.findPerson(r)
	if err != nil {
		return err
	}
	q, err := build(v, p)
	if err != nil {
		return err
	}
	return h.writeQuestion(w, v, q)
}

// changePerson does something about the person of the path, and says so.
func (h handlers) changePerson(
	w http.ResponseWriter, r *web.Request,
	verb func(context.Context, token.Principal, string) error, notice message.Key,
) error {
	p, err := h.findPerson(r)
	if err != nil {
		return err
	}
	if err := verb(r.Context(), r.Principal, p.Ref); err != nil {
		return err
	}
	h.Site.Notify(w, notice)
	return page.SeeOther(w, p.path())
}

func (h handlers) askDisablePerson(w http.ResponseWriter, r *web.Request) error {
	return h.askPerson(w, r, func(v *page.Visitor, p person) (asking, error) {
		return h.disableQuestion(v, r, p)
	})
}

func (h handlers) disableQuestion(v *page.Visitor, r *web.Request, p person) (asking, error) {
	q := personQuestion(v, p, "disable")
	q.title, q.text = v.Text("people.disable.title", "name", p.label()), v.Text("people.disable.text")
	q.button, q.danger = v.Text("people.disable.button"), true
	sessions, err := h.Sessions.List(r.Context(), r.Principal, p.Ref)
	q.facts = append(q.facts, namedFact{v.Text("people.sessions"), v.Number(len(sessions))})
	return q, err
}

// disablePerson says in the visitor's words why the last administrator stays.
func (h handlers) disablePerson(w http.ResponseWriter, r *web.Request) error {
	err := h.changePerson(w, r, h.Directory.Verbs.DisableUser, "notice.person-disabled")
	if !errors.Is(err, token.ErrLastAdmin) {
		return err
	}
	return h.askPerson(w, r, func(v *page.Visitor, p person) (asking, error) {
		q, err := h.disableQuestion(v, r, p)
		q.fault = v.Text("people.fault.last")
		return q, err
	})
}

func (h handlers) enablePerson(w http.ResponseWriter, r *web.Request) error {
	return h.changePerson(w, r, h.Directory.Verbs.EnableUser, "notice.person-enabled")
}

func (h handlers) askRebind(w http.ResponseWriter, r *web.Request) error {
	return h.askPerson(w, r, func(v *page.Visitor, p person) (asking, error) {
		q := personQuestion(v, p, "rebind")
		q.title, q.text = v.Text("people.rebind.title", "name", p.label()), v.Text("people.rebind.text")
		q.button = v.Text("people.rebind.button")
		q.also = &also{endTokens, v.Text("people.rebind.end"), v.Text("people.rebind.end.hint")}
		return q, nil
	})
}

// endTokens is the field that says that tokens end too.
const endTokens = "endTokens"

// rebind opens somebody to another account and ends, unless that is not wished,
// all that the former account has left: it speaks as them, who are somebody else
// now (row C-12). That comes second, when the former account has no session any
// more in which it could make tokens behind it.
func (h handlers) rebind(w http.ResponseWriter, r *web.Request) error {
	texts, err := readTexts(r, endTokens)
	if err != nil {
		return err
	}
	return h.changePerson(w, r, func(ctx context.Context, by token.Principal, user string) error {
		if err := h.Directory.Verbs.RebindUser(ctx, by, user); err != nil || texts[endTokens] == "" {
			return err
		}
		_, err := h.Authority.RevokeAll(ctx, by, authority.RevokeAllRequest{Owner: user, Reason: reboundReason})
		return err
	}, "notice.person-rebound")
}

// reboundReason stands in the log, beside what ended.
const reboundReason = "rebound to another account"

func (h handlers) askSignOut(w http.ResponseWriter, r *web.Request) error {
	return h.askPerson(w, r, func(v *page.Visitor, p person) (asking, error) {
		q := personQuestion(v, p, "sessions/end")
		q.title, q.text = v.Text("people.signout.title", "name", p.label()), v.Text("people.signout.text")
		q.button = v.Text("people.signout.button")
		return q, nil
	})
}

func (h handlers) signOut(w http.ResponseWriter, r *web.Request) error {
	return h.changePerson(w, r, func(ctx context.Context, by token.Principal, user string) error {
		_, err := h.Sessions.EndAll(ctx, by, user)
		return err
	}, "notice.person-signed-out")
}

func (h handlers) endSessionOf(w http.ResponseWriter, r *web.Request) error {
	return h.changePerson(w, r, func(ctx context.Context, by token.Principal, user string) error {
		return h.Sessions.End(ctx, by, user, r.PathValue("id"))
	}, "notice.session-ended")
}
