package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// States of people, as the filter has them.
const (
	stateEnabled  = "enabled"
	stateDisabled = "disabled"
)

// listedPeople is the list of people.
type listedPeople struct {
	filter nameFilter
	table  page.Table
	from   DirectoryOptions
}

func (h handlers) listPeople(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	filter, err := readNameFilter(r, peoplePath, stateEnabled, stateDisabled)
	if err != nil {
		return err
	}
	list := listedPeople{filter: filter, from: h.Directory}
	people, pages, err := h.searchPeople(v, r, filter)
	if err != nil {
		return err
	}
	list.table = page.Table{
		Caption: v.Text("people.title"),
		Columns: []page.Column{{Title: v.Text("token.name")}, {Title: v.Text("people.mail")}, {Title: v.Text("people.added")}, {Title: v.Text("token.state")}},
		Pages:   pages, Empty: h.nobody(v, filter),
	}
	for _, one := range people {
		list.table.Rows = append(list.table.Rows, page.Row{Cells: []templ.Component{
			personCell(one), mailCell(one.Email), page.Moment(v, one.CreatedAt, "—"), enabledCell(v, !one.DisabledAt.IsZero()),
		}})
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("people.title"), Content: peopleList(v, list)})
}

// searchPeople gives a page of people: from where they are kept. Who is disabled
// is kept here in any case.
func (h handlers) searchPeople(v *page.Visitor, r *web.Request, filter nameFilter) ([]token.User, page.Pages, error) {
	if h.Directory.Catalog != "" && filter.state != stateDisabled {
		return h.searchCatalog(v, r, filter)
	}
	var found token.UserPage
	var err error
	if filter.good() {
		found, err = h.Directory.Verbs.SearchUsers(r.Context(), r.Principal, token.UserQuery{
			Text: filter.text, Place: filter.place(), Enabled: filter.state == stateEnabled, Disabled: filter.state == stateDisabled,
		})
	}
	first, last := ends(found.Users, func(u token.User) string { return u.Ref })
	pages := filter.pages(found.Section, first, last)
	pages.Total = v.Count("people.count", found.Total)
	return found.Users, pages, err
}

// searchCatalog gives a page of the people of a catalog. Its lists have no names
// to go on behind, so the place is a number.
func (h handlers) searchCatalog(v *page.Visitor, r *web.Request, filter nameFilter) ([]token.User, page.Pages, error) {
	offset, err := strconv.Atoi(filter.after)
	if err != nil || offset < 0 {
		offset = 0
	}
	var found token.PeoplePage
	if filter.good() {
		found, err = h.Directory.Reader.SearchPeople(r.Context(), token.PeopleQuery{Text: filter.text, Limit: pageLength, Offset: offset})
		if err != nil {
			return nil, page.Pages{}, token.Unavailable(err)
		}
	}
	pages := page.Pages{Total: v.Count("people.count", found.Total)}
	to := func(offset int) string {
		values := filter.values()
		values.Set("after", strconv.Itoa(offset))
		return at(peoplePath, values)
	}
	if offset > 0 {
		pages.First, pages.Previous = at(peoplePath, filter.values()), to(max(0, offset-pageLength))
	}
	if offset+pageLength < found.Total {
		pages.Next = to(offset + pageLength)
	}
	return found.People, pages, nil
}

func (h handlers) nobody(v *page.Visitor, filter nameFilter) page.Empty {
	switch {
	case filter.active():
		return page.Empty{
			Title: v.Text("token.nothing.title"), Text: v.Text("people.unmatched"),
			Action: page.Link{Text: v.Text("table.clear"), Path: peoplePath},
		}
	case h.Directory.Catalog != "":
		return page.Empty{Title: v.Text("people.none.title"), Text: v.Text("people.none.catalog")}
	}
	return page.Empty{
		Title: v.Text("people.none.title"), Text: v.Text("people.none.text"),
		Action: page.Link{Text: v.Text("people.add"), Path: peoplePath + "/new"}, Dialog: true,
	}
}

func (h handlers) beginPerson(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	return h.writeForm(w, v, personForm(v, "", ""))
}

func personForm(v *page.Visitor, ref, name string) shortForm {
	return shortForm{
		formPlace: formPlace{tab: peoplePath, path: peoplePath + "/new", back: peoplePath, trail: peopleTrail(v, nil)},
		title:     v.Text("people.add"), lead: v.Text("people.add.lead"), button: v.Text("people.add.button"),
		fields: []page.Field{
			{Name: "ref", Label: v.Text("people.ref"), Hint: v.Text("people.ref.hint"), Value: ref, Required: true, Focused: true, Mono: true, Max: 255},
			{Name: "name", Label: v.Text("token.name"), Hint: v.Text("people.name.hint"), Value: name, Max: 200},
		},
	}
}

func (h handlers) addPerson(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	texts, err := readTexts(r, "ref", "name")
	if err != nil {
		return err
	}
	form := personForm(v, strings.TrimSpace(texts["ref"]), strings.TrimSpace(texts["name"]))
	ref, name := &form.fields[0], &form.fields[1]
	canonical, isUser := token.ParseUserRef(ref.Value)
	if !isUser {
		ref.Fault = v.Text("people.fault.ref")
	}
	if token.UTF16Length(name.Value) > 200 || !token.ValidText(name.Value) {
		name.Fault = v.Text("people.fault.name")
	}
	if len(form.faults()) > 0 {
		return h.writeForm(w, v, form)
	}
	_, err = h.Directory.Verbs.AddUser(r.Context(), r.Principal, canonical, name.Value)
	switch {
	case errors.Is(err, token.ErrExists):
		ref.Fault = v.Text("people.fault.taken")
		return h.writeForm(w, v, form)
	case errors.Is(err, token.ErrInvalid):
		name.Fault = v.Text("people.fault.name")
		return h.writeForm(w, v, form)
	case err != nil:
		return err
	}
	h.Site.Notify(w, "notice.person-added")
	return page.SeeOther(w, personPath(canonical))
}

func isNotFound(err error) bool { return errors.Is(err, token.ErrNotFound) }
