package console

import (
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// shownPerson is the page about one person.
type shownPerson struct {
	person

	from       DirectoryOptions
	roles      []heldRole
	groups     []token.GroupMembership
	workspaces []token.WorkspaceMembership
	sessions   page.Table
	signedIn   int
	withheld   []withheldTab
	tokens     string // the path of the tokens that were assigned to them
	command    string // makes a one-time link by which they sign in
}

// withheldTab is pages that somebody is not shown for want of one permission, and
// which roles include it.
type withheldTab struct {
	titles     string
	permission string
	roles      []string
}

func (h handlers) showPerson(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	found, err := h.findPerson(r)
	if err != nil {
		return err
	}
	shown := shownPerson{person: found, from: h.Directory, tokens: userPath + "?user=" + found.Ref}
	shown.command = "tokenwright admin link --user " + found.Ref
	for _, read := range []func(*page.Visitor, *web.Request, *shownPerson) error{h.readMemberships, h.readRoles, h.readSessions} {
		if err := read(v, r, &shown); err != nil {
			return err
		}
	}
	return h.Site.Write(w, v, page.Sheet{Title: found.label(), Tab: peoplePath, Trail: peopleTrail(v, nil), Content: personShow(v, shown)})
}

// readMemberships reads workspaces and groups. Those of a catalog are nowhere
// else.
func (h handlers) readMemberships(_ *page.Visitor, r *web.Request, shown *shownPerson) error {
	in, err := h.Directory.Verbs.MembershipsOf(r.Context(), r.Principal, shown.Ref)
	if err != nil {
		return err
	}
	shown.workspaces, shown.groups = in.Workspaces, in.Groups
	if h.Directory.Catalog == "" {
		return nil
	}
	groups, err := h.Directory.Reader.GroupsOf(r.Context(), shown.Ref)
	if err != nil {
		return token.Unavailable(err)
	}
	shown.groups = nil
	for _, ref := range groups {
		shown.groups = append(shown.groups, token.GroupMembership{Ref: ref, Claimed: true})
	}
	return nil
}

// readRoles says which roles they hold and by what, and which pages they are not
// shown by that.
func (h handlers) readRoles(v *page.Visitor, r *web.Request, shown *shownPerson) error {
	who := token.Principal{Type: token.PrincipalUser, Ref: shown.Ref}
	for _, one := range shown.groups {
		who.Groups = append(who.Groups, one.Ref)
	}
	var err error
	if shown.roles, err = h.rolesOf(r, who); err != nil {
		return err
	}
	shown.withheld = h.withheldFrom(v, who)
	return nil
}

func (h handlers) withheldFrom(v *page.Visitor, who token.Principal) []withheldTab {
	var list []withheldTab
	table := h.Policy()
	for _, tab := range Tabs() {
		permission := policy.Permission(tab.Permission)
		if tab.Permission == "" || table.May(who, permission) == nil {
			continue
		}
		if i := slices.IndexFunc(list, func(one withheldTab) bool { return one.permission == tab.Permission }); i >= 0 {
			list[i].titles += ", " + v.Text(tab.Title)
			continue
		}
		list = append(list, withheldTab{v.Text(tab.Title), tab.Permission, table.RolesWith(permission)})
	}
	return list
}

func (h handlers) readSessions(v *page.Visitor, r *web.Request, shown *shownPerson) error {
	found, err := h.Sessions.List(r.Context(), r.Principal, shown.Ref)
	if err != nil {
		return err
	}
	var list []sessionView
	for _, one := range found {
		view := viewSession(v, one, r.Principal)
		if !view.here {
			view.end = shown.path() + "/sessions/" + one.ID + "/end"
		}
		list = append(list, view)
	}
	shown.sessions, shown.signedIn = sessionTable(v, list), len(list)
	shown.sessions.Empty = page.Empty{Title: v.Text("people.sessions.none.title"), Text: v.Text("people.sessions.none.text")}
	shown.sessions.Pages = page.Pages{}
	return nil
}
