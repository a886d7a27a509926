package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	workspacesPath = "/admin/workspaces"
	demoMembers    = workspacesPath + "/demo/members"
)

func TestAWorkspaceIsAddedAndItsMembersJoinChangeAndLeave(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		one := b.Get(workspacesPath).Follow("a.primary").Submit("form.form", "name", "design")
		if one.Text("h1") != "design" || one.Text(".toast") != "The workspace is there" || !one.Has(".blank") {
			t.Fatalf("%d %s", one.Status, one.Text("main"))
		}
		form := one.Follow("a.primary")
		if got := form.Attrs("#user-list option", "value"); !cmp.Equal(got, []string{admin, alice, bob}) {
			t.Errorf("it suggests %q", got)
		}
		one = form.Submit("form.form", "user", "alice", "role", "owner")
		one = one.Follow("a.primary").Submit("form.form", "user", bob)
		rows := func() []string {
			return b.Get(workspacesPath + "/design/members").Texts("tbody tr td[data-label=Role]")
		}
		if got := rows(); !cmp.Equal(got, []string{"Owner", "User"}) {
			t.Fatalf("the roles are %q", got)
		}
		change := one.Follow("a[href=" + workspacesPath + "/design/join?user=user%3Adefault%2Fbob]")
		if got := change.Attr("#role [selected]", "value"); got != "user" {
			t.Errorf("the present role is %q", got)
		}
		change.Submit("form.form", "role", "maintainer")
		if got := rows(); !cmp.Equal(got, []string{"Owner", "Maintainer"}) {
			t.Errorf("the roles are %q", got)
		}
		left := b.Get(workspacesPath + "/design/leave?user=" + alice).Submit("form.form")
		if got := left.Texts("tbody th code"); !cmp.Equal(got, []string{bob}) || left.Text(".toast") != "They are no longer in the workspace" {
			t.Errorf("left are %q", got)
		}
	})
}

func TestFaultsOfWorkspacesAreAtTheirFields(t *testing.T) {
	_, b := visit(t)
	for name, want := range map[string]string{
		"demo": "There is a workspace of this name already.",
		"A B":  "The name of a workspace has 1 to 63 small letters, digits, hyphens, underscores and dots, and begins and ends with a letter or digit.",
		"":     "The name of a workspace has 1 to 63 small letters, digits, hyphens, underscores and dots, and begins and ends with a letter or digit.",
	} {
		again := b.Get(workspacesPath+"/new").Submit("form.form", "name", name)
		if again.Status != http.StatusUnprocessableEntity || again.Text("#name-fault") != want || again.Attr("#name", "value") != name {
			t.Errorf("%q: %d %s", name, again.Status, again.Text("main"))
		}
	}
	for user, want := range map[string]string{
		"": "People are written like user:default/alice.", "group:default/data": "People are written like user:default/alice.",
		"carol": "There is no such person here. Add them first.",
	} {
		again := b.Get(workspacesPath+"/demo/join").Submit("form.form", "user", user)
		if again.Status != http.StatusUnprocessableEntity || again.Text("#user-fault") != want {
			t.Errorf("%q: %d %s", user, again.Status, again.Text("main"))
		}
	}
	if again := b.Get(workspacesPath+"/demo/join").Submit("form.form", "user", bob, "role", "king"); !again.Has("#role-fault") {
		t.Errorf("an invented role: %d", again.Status)
	}
	if got := b.Get(workspacesPath + "/nothing/members"); got.Status != http.StatusNotFound {
		t.Errorf("an unknown one: %d", got.Status)
	}
}

// Row C-12: disabling says what stops, and stops it.
func TestADisabledWorkspaceStopsItsTokensUntilItIsEnabled(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		made := own(t, tw, bob, "export", "read:*")
		if got := b.Get(workspacesPath).Texts("tbody tr td")[:2]; !cmp.Equal(got, []string{"2", "1"}) {
			t.Errorf("members and tokens are %q", got)
		}
		ask := b.Get(demoMembers).Follow("a[href=" + workspacesPath + "/demo/disable]")
		if got := ask.Text(".facts"); got != "Members 2 Usable tokens 1" || !strings.Contains(ask.Text(".note"), "refused within seconds") {
			t.Errorf("it says %q", ask.Text("form.form"))
		}
		if !good(t, tw, made.Secret.Reveal()) {
			t.Error("asking has disabled it")
		}
		off := ask.Submit("form.form")
		if off.Text(".toast") != "The workspace is disabled" || good(t, tw, made.Secret.Reveal()) {
			t.Errorf("%s; the token is still good", off.Text("main"))
		}
		if got := pagetest.SignIn(t, tw, bob).Get(demoTokens); !strings.Contains(got.Text(".note"), "disabled") {
			t.Error("its members are not told")
		}
		on := off.Submit("form[action=" + workspacesPath + "/demo/enable]")
		if on.Text(".toast") != "The workspace is enabled again" || !good(t, tw, made.Secret.Reveal()) {
			t.Error("it is not enabled")
		}
	})
}

func TestManyWorkspacesAndMembersAreReadForwardAndBack(t *testing.T) {
	tw, b := visit(t)
	people := crowd(t, tw, 60)
	for _, ref := range people {
		mustAdminister(t, tw, "/workspaces/join", `{"name":"demo","user":"`+ref+`"}`)
	}
	for i := range 55 {
		mustAdminister(t, tw, "/workspaces", fmt.Sprintf(`{"name":"space-%02d"}`, i))
	}
	for path, total := range map[string]string{workspacesPath: "56 workspaces", demoMembers: "62 members"} {
		first := b.Get(path)
		second := first.Follow(".pager [rel=next]")
		if got := len(first.Texts(names)); got != 50 || second.Has(".pager [rel=next]") || !strings.HasPrefix(first.Text(".pager"), total) {
			t.Errorf("%s: a first page of %d, %q", path, got, first.Text(".pager"))
		}
		back := second.Follow(".pager [rel=prev]")
		if diff := cmp.Diff(first.Texts(names), back.Texts(names)); diff != "" {
			t.Errorf("%s: back: %s", path, diff)
		}
	}
	if got := b.Get(workspacesPath + "?q=SPACE-07").Texts(names); !cmp.Equal(got, []string{"space-07"}) {
		t.Errorf("found are %q", got)
	}
	if got := b.Get(demoMembers + "?q=Person+7").Texts(names); len(got) != 1 {
		t.Errorf("found are %q", got)
	}
	if got := b.Get(workspacesPath + "?q=%25").Texts(names); got != nil {
		t.Errorf("H-13: %q matches", got)
	}
}

// crowd adds people, and gives their refs.
func crowd(t *testing.T, tw *tokentest.Server, n int) []string {
	t.Helper()
	var refs []string
	for i := range n {
		ref := fmt.Sprintf("user:default/person-%03d", i)
		mustAdminister(t, tw, "/users", fmt.Sprintf(`{"ref":%q,"name":"Person %d."}`, ref, i))
		refs = append(refs, ref)
	}
	return refs
}

// mustAdminister changes something through the admin socket.
func mustAdminister(t *testing.T, tw *tokentest.Server, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://local/api/admin/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := tw.LocalClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d", path, body, res.StatusCode)
	}
}

// directoryPages are all pages about people, groups and workspaces that change
// something.
func directoryPages() []string {
	return []string{
		workspacesPath + "/new", workspacesPath + "/demo/join", workspacesPath + "/demo/leave", workspacesPath + "/demo/disable", workspacesPath + "/demo/enable",
		"/admin/people/new", "/admin/people/default/bob/disable", "/admin/people/default/bob/enable", "/admin/people/default/bob/rebind",
		"/admin/people/default/bob/join", "/admin/people/default/bob/sessions/end", "/admin/people/default/bob/sessions/x/end",
		"/admin/people/default/bob/roles/grant", "/admin/people/default/bob/roles/withdraw",
		"/admin/groups/new", "/admin/groups/default/data/join", "/admin/groups/default/data/leave",
		"/admin/groups/default/data/roles/grant", "/admin/groups/default/data/roles/withdraw",
	}
}

// Whoever may not administer is offered nothing of it, and refused when they try;
// whoever may needs the value of a page of ours (row J-06).
func TestTheDirectoryIsChangedByAdministratorsFromOurPagesAlone(t *testing.T) {
	tw, b := visit(t)
	other := pagetest.SignIn(t, tw, alice)
	home := other.Get(myWorkspacesPath)
	csrf := home.Attr("[name=csrf]", "value")
	if home.Has("a[href="+workspacesPath+"]") || home.Has("a[href=/admin/people]") {
		t.Error("the tabs are offered")
	}
	for _, path := range []string{workspacesPath, demoMembers, "/admin/people", "/admin/people/default/bob", "/admin/groups", "/admin/groups/default/data"} {
		if got := other.Get(path); got.Status != http.StatusForbidden {
			t.Errorf("GET %s: %d", path, got.Status)
		}
	}
	for _, path := range directoryPages() {
		if got := other.Post(path, "csrf", csrf, "user", bob, "ref", "user:default/x", "name", "x", "role", "administrator"); got.Status != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, got.Status)
		}
		if got := b.Post(path, "user", bob, "ref", "user:default/x", "name", "x", "role", "administrator"); got.Status != http.StatusForbidden {
			t.Errorf("POST %s without the value of a page: %d", path, got.Status)
		}
	}
}

// Whoever administers and may not see all tokens is told no numbers of them, and
// not refused.
func TestWhoMayNotSeeTokensIsToldNoNumberOfThem(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("roles: {keeper: ['access-tokens:admin']}\nbindings: [{role: keeper, to: [user:default/bob]}]"))
	b := pagetest.SignIn(t, tw, bob)
	if got := b.Get(workspacesPath).Texts("tbody tr td")[:2]; !cmp.Equal(got, []string{"2", "—"}) {
		t.Errorf("members and tokens are %q", got)
	}
	for _, path := range []string{demoMembers, workspacesPath + "/demo/disable", workspacesPath + "/demo/leave?user=" + alice} {
		if got := b.Get(path); got.Status != http.StatusOK || !strings.Contains(got.Text(".facts"), "—") {
			t.Errorf("%s: %d %s", path, got.Status, got.Text("main"))
		}
	}
}
