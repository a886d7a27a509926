package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// askJoinGroup asks who is to be in the group of the path, and askJoinGroups in
// which group the person of the path is to be.

func (h handlers) askJoinGroup(w http.ResponseWriter, r *web.Request) error {
	v, form, err := h.groupJoin(r)
	if err != nil {
		return err
	}
	return h.writeForm(w, v, form.shortForm)
}

func (h handlers) askJoinGroups(w http.ResponseWriter, r *web.Request) error {
	v, form, err := h.personJoin(r)
	if err != nil {
		return err
	}
	return h.writeForm(w, v, form.shortForm)
}

// joining is a form with one field, and how it is answered.
type joining struct {
	shortForm

	kind    string // of the ref in the field
	pair    func(ref string) (group, user string)
	unknown string // what is said of a ref that nothing has
}

func (h handlers) groupJoin(r *web.Request) (*page.Visitor, joining, error) {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return nil, joining{}, err
	}
	g, err := h.findGroup(r)
	if err != nil {
		return nil, joining{}, err
	}
	people, err := h.People(r.Context())
	return v, joining{
		shortForm: shortForm{
			formPlace: formPlace{tab: peoplePath, path: groupPath(g.Ref) + "/join", back: groupPath(g.Ref), trail: groupTrail(v, g.Ref)},
			title:     v.Text("people.join.group.title", "group", g.Ref), lead: v.Text("people.join.lead"), button: v.Text("people.join.button"),
			fields: []page.Field{{
				Name: "ref", Label: v.Text("workspace.member"), Hint: v.Text("people.ref.hint"), Required: true, Focused: true, Mono: true, Suggestions: people,
			}},
		},
		kind: "user", unknown: v.Text("people.fault.unknown"),
		pair: func(ref string) (string, string) { return g.Ref, ref },
	}, err
}

func (h handlers) personJoin(r *web.Request) (*page.Visitor, joining, error) {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return nil, joining{}, err
	}
	p, err := h.findPerson(r)
	if err != nil {
		return nil, joining{}, err
	}
	groups, err := h.Groups(r.Context())
	return v, joining{
		shortForm: shortForm{
			formPlace: formPlace{tab: peoplePath, path: p.path() + "/join", back: p.path(), trail: peopleTrail(v, &p)},
			title:     v.Text("people.join.title", "name", p.label()), lead: v.Text("people.join.lead"), button: v.Text("people.join.button"),
			fields: []page.Field{{
				Name: "ref", Label: v.Text("people.group"), Hint: v.Text("people.group.hint"), Required: true, Focused: true, Mono: true, Suggestions: groups,
			}},
		},
		kind: "group", unknown: v.Text("people.fault.group.unknown"),
		pair: func(ref string) (string, string) { return ref, p.Ref },
	}, err
}

func (h handlers) joinGroup(w http.ResponseWriter, r *web.Request) error {
	v, form, err := h.groupJoin(r)
	if err != nil {
		return err
	}
	return h.join(w, r, v, form)
}

func (h handlers) joinGroups(w http.ResponseWriter, r *web.Request) error {
	v, form, err := h.personJoin(r)
	if err != nil {
		return err
	}
	return h.join(w, r, v, form)
}

func (h handlers) join(w http.ResponseWriter, r *web.Request, v *page.Visitor, form joining) error {
	texts, err := readTexts(r, "ref")
	if err != nil {
		return err
	}
	field := &form.fields[0]
	field.Value = strings.TrimSpace(texts["ref"])
	ref, ok := token.ParseRef(form.kind, field.Value)
	if ok {
		group, user := form.pair(ref)
		err = h.Directory.Verbs.JoinGroup(r.Context(), r.Principal, group, user)
	}
	switch {
	case !ok, errors.Is(err, token.ErrNotFound):
		field.Fault = form.unknown
		return h.writeForm(w, v, form.shortForm)
	case err != nil:
		return err
	}
	h.Site.Notify(w, "notice.group-joined")
	return page.SeeOther(w, form.back)
}

// fromPerson is the value of "from" when somebody is taken out of a group from
// their own page.
const fromPerson = "person"

func (h handlers) askLeaveGroup(w http.ResponseWriter, r *web.Request) error {
	user, err := readParam(r, "user")
	if err != nil {
		return err
	}
	from, err := readParam(r, "from")
	if err != nil {
		return err
	}
	return h.writeLeave(w, r, leaving{user: user, from: from})
}

// leaving is the question whether somebody is to leave a group.
type leaving struct {
	user, from string
	last       bool // they are the last administrator, by it
}

// back is where one goes from the question.
func (l leaving) back(group string) string {
	if ref, ok := token.ParseUserRef(l.user); ok && l.from == fromPerson {
		return personPath(ref)
	}
	return groupPath(group)
}

func (h handlers) writeLeave(w http.ResponseWriter, r *web.Request, l leaving) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	g, err := h.findGroup(r)
	if err != nil {
		return err
	}
	q := asking{
		formPlace: formPlace{
			tab: peoplePath, path: groupPath(g.Ref) + "/leave", back: l.back(g.Ref), trail: groupTrail(v, g.Ref),
			hidden: []carriedField{{"user", l.user}, {"from", l.from}},
		},
		title: v.Text("people.leave.title", "group", g.Ref), text: v.Text("people.leave.text"),
		button: v.Text("people.leave.button"), keep: v.Text("token.cancel"),
		facts: []namedFact{{v.Text("workspace.member"), l.user}},
	}
	if l.last {
		q.fault = v.Text("people.fault.last")
	}
	return h.writeQuestion(w, v, q)
}

func (h handlers) leaveGroup(w http.ResponseWriter, r *web.Request) error {
	g, err := h.findGroup(r)
	if err != nil {
		return err
	}
	texts, err := readTexts(r, "user", "from")
	if err != nil {
		return err
	}
	l := leaving{user: texts["user"], from: texts["from"]}
	err = h.Directory.Verbs.LeaveGroup(r.Context(), r.Principal, g.Ref, l.user)
	switch {
	case errors.Is(err, token.ErrLastAdmin):
		l.last = true
		return h.writeLeave(w, r, l)
	case err != nil:
		return err
	}
	h.Site.Notify(w, "notice.group-left")
	return page.SeeOther(w, l.back(g.Ref))
}
