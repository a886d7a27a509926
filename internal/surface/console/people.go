package console

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// DirectoryOptions say who is what. All but Catalog and Provider are required.
type DirectoryOptions struct {
	// Verbs are those of the built-in directory.
	Verbs *directory.Directory
	// Standing says what somebody is in a workspace.
	Standing func(ctx context.Context, user, workspace string) (token.Standing, error)
	// Reader says who exists and in which groups they are, wherever that is kept.
	Reader directory.Reader
	// Catalog is the address of the catalog that keeps people and groups; "" when
	// the built-in directory does.
	Catalog string
	// Provider is the OpenID provider through which people sign in, or "".
	Provider string
	// RPC is the address of the account RPC.
	RPC string
}

// Paths of the pages about people and groups.
const (
	peoplePath = adminBase + "/people"
	groupsPath = adminBase + "/groups"
)

func (h handlers) peopleRoutes() []web.Route {
	admin := web.Browsers(string(policy.Admin))
	const list, one = "/people", "/people/{namespace}/{name}"
	routes := []web.Route{
		{Method: http.MethodGet, Pattern: list, Access: admin, Handle: h.listPeople},
		{Method: http.MethodGet, Pattern: one, Access: admin, Handle: h.showPerson},
		{Method: http.MethodPost, Pattern: one + "/enable", Access: admin, Handle: h.enablePerson},
		{Method: http.MethodPost, Pattern: one + "/sessions/{id}/end", Access: admin, Handle: h.endSessionOf},
	}
	for pattern, handle := range map[string][2]web.Handler{
		list + "/new":                    {h.beginPerson, h.addPerson},
		one + "/disable":                 {h.askDisablePerson, h.disablePerson},
		one + "/rebind":                  {h.askRebind, h.rebind},
		one + "/join":                    {h.askJoinGroups, h.joinGroups},
		one + "/sessions/end":            {h.askSignOut, h.signOut},
		one + "/roles/grant":             {h.askGrant(h.personHolder), h.grant(h.personHolder)},
		one + "/roles/withdraw":          {h.askWithdraw(h.personHolder), h.withdraw(h.personHolder)},
		"/groups/new":                    {h.beginGroup, h.addGroup},
		groupPattern + "/join":           {h.askJoinGroup, h.joinGroup},
		groupPattern + "/leave":          {h.askLeaveGroup, h.leaveGroup},
		groupPattern + "/roles/grant":    {h.askGrant(h.groupHolder), h.grant(h.groupHolder)},
		groupPattern + "/roles/withdraw": {h.askWithdraw(h.groupHolder), h.withdraw(h.groupHolder)},
	} {
		routes = append(routes, change(pattern, admin, handle[0], handle[1])...)
	}
	slices.SortStableFunc(routes, func(a, b web.Route) int { return strings.Compare(a.Pattern, b.Pattern) })
	return append(routes,
		web.Route{Method: http.MethodGet, Pattern: "/groups", Access: admin, Handle: h.listGroups},
		web.Route{Method: http.MethodGet, Pattern: groupPattern, Access: admin, Handle: h.showGroup},
	)
}

// groupPattern is where a group is below adminBase.
const groupPattern = "/groups/{namespace}/{name}"

// personPath gives the page of a person, groupPath that of a group, by their
// refs.
func personPath(ref string) string { return peoplePath + "/" + strings.TrimPrefix(ref, "user:") }
func groupPath(ref string) string  { return groupsPath + "/" + strings.TrimPrefix(ref, "group:") }

// person is somebody as the page about them finds them.
type person struct {
	token.User

	// elsewhere: they are in the catalog, and nothing is kept of them here.
	elsewhere bool
}

func (p person) disabled() bool { return !p.DisabledAt.IsZero() }
func (p person) path() string   { return personPath(p.Ref) }

// label is what to call them.
func (p person) label() string {
	if p.Name != "" {
		return p.Name
	}
	return strings.TrimPrefix(strings.TrimPrefix(p.Ref, "user:"), "default/")
}

var errNoPerson = token.NewError(token.ErrNotFound, "There is no such user", nil)

// refOf gives the ref of the path, of a kind; ok is false for what is none.
func refOf(r *web.Request, kind string) (ref string, ok bool) {
	written := kind + ":" + r.PathValue("namespace") + "/" + r.PathValue("name")
	ref, ok = token.ParseRef(kind, written)
	return ref, ok && ref == written
}

// findPerson gives the person of the path.
func (h handlers) findPerson(r *web.Request) (person, error) {
	ref, ok := refOf(r, "user")
	if !ok {
		return person{}, errNoPerson
	}
	u, err := h.Directory.Verbs.FindUser(r.Context(), r.Principal, ref)
	if h.Directory.Catalog == "" || !isNotFound(err) {
		return person{User: u}, err
	}
	active, err := h.Directory.Reader.UserActive(r.Context(), ref)
	switch {
	case err != nil:
		return person{}, token.Unavailable(err)
	case !active:
		return person{}, errNoPerson
	}
	names, err := h.Directory.Reader.NamesOf(r.Context(), []string{ref})
	return person{User: token.User{Ref: ref, Name: names[ref]}, elsewhere: true}, err
}

// peopleTrail leads back from the page of somebody, and from pages about them.
func peopleTrail(v *page.Visitor, p *person) []page.Link {
	trail := []page.Link{{Text: v.Text("people.title"), Path: peoplePath}}
	if p != nil {
		trail = append(trail, page.Link{Text: p.label(), Path: p.path()})
	}
	return trail
}
