package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// shownGroup is the page about one group.
type shownGroup struct {
	token.Group

	size   int
	roles  []heldRole
	table  page.Table
	filter nameFilter
}

func groupTrail(v *page.Visitor, ref string) []page.Link {
	trail := append(peopleTrail(v, nil), page.Link{Text: v.Text("people.groups"), Path: groupsPath})
	if ref != "" {
		trail = append(trail, page.Link{Text: ref, Path: groupPath(ref)})
	}
	return trail
}

func (h handlers) listGroups(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	filter, err := readNameFilter(r, groupsPath)
	if err != nil {
		return err
	}
	var found token.GroupPage
	if filter.good() {
		found, err = h.Directory.Verbs.SurveyGroups(r.Context(), r.Principal, token.NameQuery{Text: filter.text, Place: filter.place()})
	}
	if err != nil {
		return err
	}
	table := page.Table{
		Caption: v.Text("people.groups"),
		Columns: []page.Column{{Title: v.Text("people.group")}, {Title: v.Text("workspace.members")}, {Title: v.Text("token.created")}},
		Empty:   h.noGroups(v, filter),
	}
	first, last := ends(found.Groups, func(one token.Peopled[token.Group]) string { return one.Is.Ref })
	table.Pages = filter.pages(found.Section, first, last)
	table.Pages.Total = v.Count("people.group.count", found.Total)
	for _, one := range found.Groups {
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			groupCell(one.Is.Ref), numberCell(v, one.Size), page.Moment(v, one.Is.CreatedAt, ""),
		}})
	}
	return h.Site.Write(w, v, page.Sheet{
		Title: v.Text("people.groups"), Tab: peoplePath, Trail: peopleTrail(v, nil), Content: groupList(v, table, filter, h.Directory),
	})
}

func (h handlers) noGroups(v *page.Visitor, filter nameFilter) page.Empty {
	switch {
	case filter.active():
		return page.Empty{
			Title: v.Text("token.nothing.title"), Text: v.Text("people.group.unmatched"),
			Action: page.Link{Text: v.Text("table.clear"), Path: groupsPath},
		}
	case h.Directory.Catalog != "":
		return page.Empty{Title: v.Text("people.group.none.title"), Text: v.Text("people.group.none.catalog")}
	}
	return page.Empty{
		Title: v.Text("people.group.none.title"), Text: v.Text("people.group.none.text"),
		Action: page.Link{Text: v.Text("people.group.add"), Path: groupsPath + "/new"}, Dialog: true,
	}
}

// findGroup gives the group of the path.
func (h handlers) findGroup(r *web.Request) (token.Group, error) {
	ref, ok := refOf(r, "group")
	if !ok {
		return token.Group{}, errNoGroup
	}
	found, err := h.Directory.Verbs.SurveyGroups(r.Context(), r.Principal, token.NameQuery{Name: ref, Place: token.Place{Limit: 1}})
	if err == nil && len(found.Groups) == 0 {
		err = errNoGroup
	}
	if err != nil {
		return token.Group{}, err
	}
	return found.Groups[0].Is, nil
}

var errNoGroup = token.NewError(token.ErrNotFound, "There is no such group", nil)

func (h handlers) showGroup(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	g, err := h.findGroup(r)
	if err != nil {
		return err
	}
	filter, err := readNameFilter(r, groupPath(g.Ref))
	if err != nil {
		return err
	}
	var found token.MemberPage
	if filter.good() {
		found, err = h.Directory.Verbs.SearchMembers(r.Context(), r.Principal, token.MemberQuery{Group: g.Ref, Text: filter.text, Place: filter.place()})
	}
	if err != nil {
		return err
	}
	// Somebody who is nobody but a member of it holds what it gives, and what
	// everybody does.
	roles, err := h.rolesOf(r, token.Principal{Type: token.PrincipalUser, Ref: "user:", Groups: []string{g.Ref}})
	if err != nil {
		return err
	}
	roles = slices.DeleteFunc(roles, func(one heldRole) bool { return one.By != g.Ref })
	shown := shownGroup{Group: g, roles: roles, filter: filter, size: found.Total, table: groupMembers(v, g, filter, found)}
	return h.Site.Write(w, v, page.Sheet{Title: g.Ref, Tab: peoplePath, Trail: groupTrail(v, ""), Content: groupShow(v, shown)})
}

func groupMembers(v *page.Visitor, g token.Group, filter nameFilter, found token.MemberPage) page.Table {
	table := page.Table{
		Caption: v.Text("workspace.members"),
		Columns: []page.Column{{Title: v.Text("workspace.member")}, {Title: v.Text("people.source")}, {Title: v.Text("token.state")}, {}},
		Empty:   page.Empty{Title: v.Text("people.group.alone.title"), Text: v.Text("people.group.alone.text")},
	}
	if filter.active() {
		table.Empty = page.Empty{
			Title: v.Text("token.nothing.title"), Text: v.Text("workspace.member.unmatched"),
			Action: page.Link{Text: v.Text("table.clear"), Path: filter.path},
		}
	}
	first, last := ends(found.Members, func(m token.Member) string { return m.Ref })
	table.Pages = filter.pages(found.Section, first, last)
	table.Pages.Total = v.Count("workspace.member.count", found.Total)
	for _, one := range found.Members {
		leave := at(groupPath(g.Ref)+"/leave", url.Values{"user": {one.Ref}})
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			personCell(one.User), claimedCell(v, one.Claimed), enabledCell(v, !one.DisabledAt.IsZero()), leaveCell(v, one, leave),
		}})
	}
	return table
}

func (h handlers) beginGroup(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	return h.writeForm(w, v, groupForm(v, ""))
}

func groupForm(v *page.Visitor, ref string) shortForm {
	return shortForm{
		formPlace: formPlace{tab: peoplePath, path: groupsPath + "/new", back: groupsPath, trail: groupTrail(v, "")},
		title:     v.Text("people.group.add"), lead: v.Text("people.group.add.lead"), button: v.Text("people.group.add.button"),
		fields: []page.Field{{
			Name: "ref", Label: v.Text("people.ref"), Hint: v.Text("people.group.hint"), Value: ref, Required: true, Focused: true, Mono: true, Max: 255,
		}},
	}
}

func (h handlers) addGroup(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	texts, err := readTexts(r, "ref")
	if err != nil {
		return err
	}
	form := groupForm(v, strings.TrimSpace(texts["ref"]))
	ref, ok := token.ParseGroupRef(form.fields[0].Value)
	if !ok {
		form.fields[0].Fault = v.Text("people.fault.group")
		return h.writeForm(w, v, form)
	}
	_, err = h.Directory.Verbs.AddGroup(r.Context(), r.Principal, ref)
	switch {
	case errors.Is(err, token.ErrExists):
		form.fields[0].Fault = v.Text("people.fault.group.taken")
		return h.writeForm(w, v, form)
	case err != nil:
		return err
	}
	h.Site.Notify(w, "notice.group-added")
	return page.SeeOther(w, groupPath(ref))
}
