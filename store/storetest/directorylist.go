package storetest

import (
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

func directoryListBehaviours() []behaviour {
	return []behaviour{
		{"users are read forward and back by ref, the disabled ones among them", usersTurned},
		{"H-13: users are found by a part of their text, literally", usersFound},
		{"workspaces and groups are listed with their sizes", surveyed},
		{"members of a workspace have roles, those of a group none", membersTurned},
		{"what a user is in", membershipsOf},
	}
}

func (r *rig) people(n int) []string {
	r.Helper()
	refs := make([]string, n)
	for i := range refs {
		refs[i] = fmt.Sprintf("user:default/p-%02d", i)
		u := token.User{Ref: refs[i], UUID: token.NewID(), Name: fmt.Sprintf("Number %d%%", i), CreatedAt: start()}
		r.must(r.store.AddUser(r.ctx, u, admin()))
	}
	return refs
}

func refsOf(users []token.User) []string {
	refs := []string{}
	for _, u := range users {
		refs = append(refs, u.Ref)
	}
	return refs
}

func usersTurned(r *rig) {
	refs := r.people(7)
	r.must(r.store.SetUserDisabled(r.ctx, refs[2], true, admin(), start()))
	read := func(q token.UserQuery, want []string, in token.Section) {
		r.Helper()
		if q.Limit == 0 {
			q.Limit = 3
		}
		page, err := r.store.SearchUsers(r.ctx, q)
		r.must(err)
		r.same("refs", refsOf(page.Users), want)
		r.same("section", page.Section, in)
	}
	at := func(after, before string) token.UserQuery {
		return token.UserQuery{Place: token.Place{After: after, Before: before}}
	}
	read(at("", ""), refs[:3], token.Section{Total: 7, More: true})
	read(at(refs[2], ""), refs[3:6], token.Section{Total: 7, Less: true, More: true})
	read(at(refs[5], ""), refs[6:], token.Section{Total: 7, Less: true})
	read(at("", refs[6]), refs[3:6], token.Section{Total: 7, Less: true, More: true})
	read(at("", refs[3]), refs[:3], token.Section{Total: 7, More: true})
	read(at("zzz", ""), []string{}, token.Section{Total: 7, Less: true})
	read(at("a\x00b", ""), []string{}, token.Section{})
	read(token.UserQuery{Disabled: true}, refs[2:3], token.Section{Total: 1})
	read(token.UserQuery{Enabled: true}, []string{refs[0], refs[1], refs[3]}, token.Section{Total: 6, More: true})
	read(token.UserQuery{Enabled: true, Disabled: true, Place: token.Place{Limit: 9}}, refs, token.Section{Total: 7})
	page, err := r.store.SearchUsers(r.ctx, token.UserQuery{Disabled: true, Place: token.Place{Limit: 1}})
	r.must(err)
	want, err := r.store.FindUser(r.ctx, refs[2])
	r.must(err)
	r.same("the user", page.Users[0], want)
}

func usersFound(r *rig) {
	refs := r.people(11)
	for text, want := range map[string][]string{
		"NUMBER 10": refs[10:], "p-07": refs[7:8], "0%": {refs[0], refs[10]}, "_": {}, "\\": {}, "a\x00b": {},
	} {
		page, err := r.store.SearchUsers(r.ctx, token.UserQuery{Text: text, Place: token.Place{Limit: 20}})
		r.must(err)
		r.same(text, refsOf(page.Users), want)
		r.same(text+": total", page.Total, len(want))
	}
}

func surveyed(r *rig) {
	refs := r.people(2)
	for _, name := range []string{"acme", "beta", "gamma"} {
		r.must(r.store.AddWorkspace(r.ctx, token.Workspace{Name: name, CreatedAt: start()}, admin()))
		r.must(r.store.AddGroup(r.ctx, token.Group{Ref: "group:default/" + name, CreatedAt: start()}, admin()))
	}
	for _, ref := range refs {
		r.must(r.store.JoinWorkspace(r.ctx, "beta", token.WorkspaceMember{User: ref, Role: "user"}, admin(), start()))
		r.must(r.store.JoinGroup(r.ctx, "group:default/beta", ref, admin(), start()))
	}
	at := start().Add(time.Hour)
	r.must(r.store.SetWorkspaceDisabled(r.ctx, "beta", true, admin(), at))
	page, err := r.store.SurveyWorkspaces(r.ctx, token.NameQuery{Place: token.Place{Limit: 2}})
	r.must(err)
	r.same("section", page.Section, token.Section{Total: 3, More: true})
	r.same("names", []string{page.Workspaces[0].Is.Name, page.Workspaces[1].Is.Name}, []string{"acme", "beta"})
	r.same("sizes", []int{page.Workspaces[0].Size, page.Workspaces[1].Size}, []int{0, 2})
	r.same("disabled", page.Workspaces[1].Is.DisabledAt, at)
	page, err = r.store.SurveyWorkspaces(r.ctx, token.NameQuery{Name: "beta", Place: token.Place{Limit: 2}})
	r.must(err)
	r.same("one", page.Section, token.Section{Total: 1})
	groups, err := r.store.SurveyGroups(r.ctx, token.NameQuery{Text: "BET", Place: token.Place{Limit: 2}})
	r.must(err)
	r.same("groups", groups, token.GroupPage{
		Section: token.Section{Total: 1},
		Groups:  []token.Peopled[token.Group]{{Is: token.Group{Ref: "group:default/beta", CreatedAt: start()}, Size: 2}},
	})
}

func membersTurned(r *rig) {
	refs := r.people(4)
	r.must(r.store.AddWorkspace(r.ctx, token.Workspace{Name: "acme", CreatedAt: start()}, admin()))
	r.must(r.store.AddGroup(r.ctx, token.Group{Ref: platform, CreatedAt: start()}, admin()))
	for i, role := range []string{"owner", "user", "guest"} {
		r.must(r.store.JoinWorkspace(r.ctx, "acme", token.WorkspaceMember{User: refs[i], Role: role}, admin(), start()))
		r.must(r.store.JoinGroup(r.ctx, platform, refs[i+1], admin(), start()))
	}
	page, err := r.store.SearchMembers(r.ctx, token.MemberQuery{Workspace: "acme", Place: token.Place{After: refs[0], Limit: 1}})
	r.must(err)
	r.same("section", page.Section, token.Section{Total: 3, Less: true, More: true})
	r.same("member", page.Members[0].Ref+" "+page.Members[0].Role, refs[1]+" user")
	page, err = r.store.SearchMembers(r.ctx, token.MemberQuery{Group: platform, Text: "number 3", Place: token.Place{Limit: 5}})
	r.must(err)
	r.same("section", page.Section, token.Section{Total: 1})
	r.same("member", page.Members[0].Ref+page.Members[0].Role, refs[3])
	r.same("claimed", page.Members[0].Claimed, false)
	page, err = r.store.SearchMembers(r.ctx, token.MemberQuery{Workspace: "none", Place: token.Place{Limit: 5}})
	r.must(err)
	r.same("nobody", page, token.MemberPage{})
}

func membershipsOf(r *rig) {
	ref := r.people(1)[0]
	r.must(r.store.AddWorkspace(r.ctx, token.Workspace{Name: "acme", UUID: "u", CreatedAt: start()}, admin()))
	r.must(r.store.AddGroup(r.ctx, token.Group{Ref: platform, CreatedAt: start()}, admin()))
	none, err := r.store.MembershipsOf(r.ctx, ref)
	r.must(err)
	r.same("none", none, token.Memberships{})
	r.must(r.store.JoinWorkspace(r.ctx, "acme", token.WorkspaceMember{User: ref, Role: "owner"}, admin(), start()))
	r.must(r.store.JoinGroup(r.ctx, platform, ref, admin(), start()))
	in, err := r.store.MembershipsOf(r.ctx, ref)
	r.must(err)
	r.same("memberships", in, token.Memberships{
		Workspaces: []token.WorkspaceMembership{{Workspace: token.Workspace{Name: "acme", UUID: "u", CreatedAt: start()}, Role: "owner"}},
		Groups:     []token.GroupMembership{{Ref: platform}},
	})
}
