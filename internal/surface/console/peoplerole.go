package console

import (
	"errors"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// heldRole is a role that somebody holds, and by what.
type heldRole struct {
	policy.Holding

	// granted is the grant that gave it while the server ran; zero: it stands in
	// the configuration.
	granted token.RoleGrant
}

// rolesOf lists the roles of a person with what gives them.
func (h handlers) rolesOf(r *web.Request, who token.Principal) ([]heldRole, error) {
	_, grants, err := h.Directory.Verbs.ListRoles(r.Context(), r.Principal)
	if err != nil {
		return nil, err
	}
	var list []heldRole
	for _, one := range h.Policy().Holdings(who) {
		list = append(list, heldRole{Holding: one})
	}
	// Where the configuration gives the same role, its bindings come first.
	slices.Reverse(list)
	for _, g := range grants {
		if i := slices.IndexFunc(list, func(one heldRole) bool {
			return one.By == g.Ref && one.Role == g.Role && one.Groups == nil
		}); i >= 0 {
			list[i].granted = g
		}
	}
	slices.Reverse(list)
	return list, nil
}

// holder is a person or a group that roles are given to.
type holder struct {
	ref, label, path string
	trail            []page.Link
	withdraw         string // the path of the question whether to take one back
}

// finder gives the holder of a path.
type finder func(v *page.Visitor, r *web.Request) (holder, error)

func (h handlers) personHolder(v *page.Visitor, r *web.Request) (holder, error) {
	p, err := h.findPerson(r)
	return holder{p.Ref, p.label(), p.path(), peopleTrail(v, &p), p.path() + "/roles/withdraw"}, err
}

func (h handlers) groupHolder(v *page.Visitor, r *web.Request) (holder, error) {
	g, err := h.findGroup(r)
	return holder{g.Ref, g.Ref, groupPath(g.Ref), groupTrail(v, g.Ref), groupPath(g.Ref) + "/roles/withdraw"}, err
}

// askGrant asks which role somebody is to have.
func (h handlers) askGrant(find finder) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		v, err := h.Site.Visitor(r)
		if err != nil {
			return err
		}
		to, err := find(v, r)
		if err != nil {
			return err
		}
		return h.writeForm(w, v, h.grantForm(v, to, policy.RoleAuditor, r.URL.Path))
	}
}

func (h handlers) grantForm(v *page.Visitor, to holder, role, path string) shortForm {
	choice := page.Choice{Field: page.Field{
		Name: "role", Label: v.Text("people.role"), Hint: v.Text("people.role.hint"), Value: role, Required: true,
	}}
	for _, name := range h.Policy().Roles() {
		choice.Options = append(choice.Options, page.Option{Value: name, Label: name})
	}
	return shortForm{
		formPlace: formPlace{tab: peoplePath, path: path, back: to.path, trail: to.trail},
		title:     v.Text("people.grant.title", "name", to.label), lead: v.Text("people.grant.lead"), button: v.Text("people.grant"),
		choices: []page.Choice{choice},
	}
}

func (h handlers) grant(find finder) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		v, err := h.Site.Visitor(r)
		if err != nil {
			return err
		}
		to, err := find(v, r)
		if err != nil {
			return err
		}
		texts, err := readTexts(r, "role")
		if err != nil {
			return err
		}
		err = h.Directory.Verbs.GrantRole(r.Context(), r.Principal, to.ref, texts["role"])
		if errors.Is(err, token.ErrInvalid) {
			form := h.grantForm(v, to, texts["role"], r.URL.Path)
			form.choices[0].Fault = v.Text("people.fault.role")
			return h.writeForm(w, v, form)
		}
		if err != nil {
			return err
		}
		h.Site.Notify(w, "notice.role-granted")
		return page.SeeOther(w, to.path)
	}
}

// askWithdraw asks before a role that was granted is taken back.
func (h handlers) askWithdraw(find finder) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		v, err := h.Site.Visitor(r)
		if err != nil {
			return err
		}
		from, err := find(v, r)
		if err != nil {
			return err
		}
		role, err := readParam(r, "role")
		if err != nil {
			return err
		}
		return h.writeQuestion(w, v, withdrawQuestion(v, from, role))
	}
}

func withdrawQuestion(v *page.Visitor, from holder, role string) asking {
	return asking{
		formPlace: formPlace{tab: peoplePath, path: from.withdraw, back: from.path, trail: from.trail, hidden: []carriedField{{"role", role}}},
		title:     v.Text("people.withdraw.title", "role", role), text: v.Text("people.withdraw.text", "name", from.label),
		button: v.Text("people.withdraw"), keep: v.Text("token.cancel"), danger: true,
	}
}

func (h handlers) withdraw(find finder) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		v, err := h.Site.Visitor(r)
		if err != nil {
			return err
		}
		from, err := find(v, r)
		if err != nil {
			return err
		}
		texts, err := readTexts(r, "role")
		if err != nil {
			return err
		}
		err = h.Directory.Verbs.WithdrawRole(r.Context(), r.Principal, from.ref, texts["role"])
		if errors.Is(err, token.ErrLastAdmin) {
			q := withdrawQuestion(v, from, texts["role"])
			q.fault = v.Text("people.fault.last")
			return h.writeQuestion(w, v, q)
		}
		if err != nil {
			return err
		}
		h.Site.Notify(w, "notice.role-withdrawn")
		return page.SeeOther(w, from.path)
	}
}
