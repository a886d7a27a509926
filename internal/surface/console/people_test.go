package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	peoplePath = "/admin/people"
	bobPath    = peoplePath + "/default/bob"
	dataPath   = "/admin/groups/default/data"
)

func TestAPersonIsAddedGivenARoleAndAGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		carol := b.Get(peoplePath).Follow("a.primary").Submit("form.form", "ref", "carol", "name", "Carol <i>C</i>")
		if carol.Text("h1") != "Carol <i>C</i>" || carol.URL.Path != peoplePath+"/default/carol" || carol.Text(".toast") != "The person is added" {
			t.Fatalf("%s %s", carol.URL, carol.Text("main"))
		}
		path := carol.URL.Path
		form := carol.Follow("a[href=" + path + "/roles/grant]")
		if got := form.Texts("#role option"); !cmp.Equal(got, []string{"administrator", "auditor", "user"}) {
			t.Errorf("the roles are %q", got)
		}
		held := form.Submit("form.form", "role", "auditor")
		if got := held.Texts(".held li")[1]; !strings.HasPrefix(got, "auditor given by "+admin) {
			t.Errorf("she holds %q", held.Text(".held"))
		}
		if got := pagetest.SignIn(t, tw, "user:default/carol").Get(servicePath); got.Status != http.StatusOK {
			t.Errorf("with the role: %d", got.Status)
		}
		joined := held.Follow("a[href="+path+"/join]").Submit("form.form", "ref", data)
		if !strings.Contains(joined.Text("main"), data) || joined.Text(".toast") != "They are in the group" {
			t.Errorf("her groups: %s", joined.Text("main"))
		}
		withdrawn := joined.Follow("a[href=" + path + "/roles/withdraw?role=auditor]").Submit("form.form")
		if strings.Contains(withdrawn.Text("main"), "given by") || withdrawn.Text(".toast") != "The role is taken back" {
			t.Errorf("her roles: %s", withdrawn.Text("main"))
		}
		leave := withdrawn.Follow("a[href=" + dataPath + "/leave?from=person&user=user%3Adefault%2Fcarol]")
		if left := leave.Submit("form.form"); left.URL.Path != path || strings.Contains(left.Text(".columns"), data) {
			t.Errorf("%s %s", left.URL, left.Text("main"))
		}
	})
}

// Roles say what gives them: the configuration, a grant, a group, or being a
// person at all.
func TestThePageOfAPersonSaysWhatGivesTheirRolesAndWhatTheyLack(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("default_role: user\n"+
		"roles: {keeper: ['access-tokens:service:read', 'access-tokens:service:write']}\n"+
		"bindings: [{role: auditor, to: [user:default/bob]}, {role: keeper, to: [group:default/data], groups: [group:default/data]}]"))
	b := pagetest.SignIn(t, tw, admin)
	b.Get(bobPath+"/roles/grant").Submit("form.form", "role", "auditor")
	b.Get(dataPath+"/roles/grant").Submit("form.form", "role", "auditor")
	page := b.Get(bobPath)
	want := []string{
		"user held by every person, from the configuration file",
		"auditor from the configuration file",
		"auditor given by user:default/admin ·",
		"keeper as a member of group:default/data, from the configuration file for the tokens of group:default/data",
		"auditor as a member of group:default/data, given by user:default/admin ·",
	}
	got := page.Texts(".stack .card .held li")[:len(want)]
	for i := range want {
		if !strings.HasPrefix(strings.ReplaceAll(got[i], " ,", ","), want[i]) {
			t.Errorf("role %d: %q, want %q", i, got[i], want[i])
		}
	}
	if links := page.Attrs(".held a[data-dialog]", "href"); !strings.Contains(strings.Join(links, " "), bobPath+"/roles/withdraw?role=auditor") {
		t.Errorf("what can be taken back: %q", links)
	}
	missing := strings.Join(page.Texts(".held li"), "\n")
	if !strings.Contains(missing, "People, Keys, Settings access-tokens:admin Roles with it: administrator") || strings.Contains(missing, "Audit log access-tokens:audit:read") {
		t.Errorf("what he is not shown: %s", missing)
	}
	if got := b.Get(dataPath).Text(".held li"); !strings.HasPrefix(got, "keeper") {
		t.Errorf("the group gives %q", got)
	}
}

func TestADisabledPersonIsSignedOutAndTheirTokensStop(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b, his := pagetest.SignIn(t, tw, admin), pagetest.SignIn(t, tw, bob)
		made := own(t, tw, bob, "export", "read:*")
		off := b.Get(bobPath).Follow("a[href=" + bobPath + "/disable]").Submit("form.form")
		if off.Text(".toast") != "The person is disabled" || good(t, tw, made.Secret.Reveal()) {
			t.Errorf("%s; the token is still good", off.Text("main"))
		}
		if got := his.Get(sessionsPath).URL.Path; got != "/sign-in" {
			t.Errorf("he is still signed in, and led to %s", got)
		}
		if got := b.Get(peoplePath + "?state=disabled").Texts("tbody th code"); !cmp.Equal(got, []string{bob}) {
			t.Errorf("disabled are %q", got)
		}
		on := off.Submit("form[action=" + bobPath + "/enable]")
		if on.Text(".toast") != "The person is enabled again" || !good(t, tw, made.Secret.Reveal()) {
			t.Error("he is not enabled")
		}
	})
}

// Row E-10: the last administrator stays one, and is told why.
func TestTheLastAdministratorStays(t *testing.T) {
	_, b := visit(t)
	adminPath := peoplePath + "/default/admin"
	for _, path := range []string{adminPath + "/disable", adminPath + "/roles/withdraw?role=administrator"} {
		again := b.Get(path).Submit("form.form")
		if again.Status != http.StatusConflict || !strings.Contains(again.Text(".faults"), "the last administrator") {
			t.Errorf("%s: %d %s", path, again.Status, again.Text("main"))
		}
	}
	if got := b.Get(adminPath).Text(".facts .badge"); got != "Enabled" {
		t.Errorf("the administrator is %q", got)
	}
}

func TestSessionsOfAPersonAreEndedOneByOneAndAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		first, second, third := pagetest.SignInWith(t, tw, bob, firefox), pagetest.SignIn(t, tw, bob), pagetest.SignIn(t, tw, bob)
		page := b.Get(bobPath)
		if got := len(page.Texts("tbody tr")); got != 3 {
			t.Fatalf("%d sessions", got)
		}
		newest := page.Attrs(".list form", "action")[0]
		after := page.Submit("form[action=" + newest + "]")
		if after.URL.Path != bobPath || third.Get(sessionsPath).URL.Path != "/sign-in" || second.Get(sessionsPath).URL.Path != sessionsPath {
			t.Errorf("%s: the wrong session has ended", after.URL)
		}
		all := after.Follow("a[href=" + bobPath + "/sessions/end]").Submit("form.form")
		if all.Text(".toast") != "They are signed out everywhere" || first.Get(sessionsPath).URL.Path != "/sign-in" {
			t.Errorf("%s", all.Text("main"))
		}
	})
}

func TestFaultsOfPeopleAndGroupsAreAtTheirFields(t *testing.T) {
	_, b := visit(t)
	for _, one := range []struct{ path, field, value, want string }{
		{peoplePath + "/new", "ref", "", "People are written like user:default/alice."},
		{peoplePath + "/new", "ref", "group:default/x", "People are written like user:default/alice."},
		{peoplePath + "/new", "ref", bob, "This person is here already."},
		{peoplePath + "/new", "name", "a\u202eb", "Use at most 200 characters, without control characters, and nothing that looks like a token."},
		{"/admin/groups/new", "ref", "user:default/x", "Groups are written like group:default/platform."},
		{"/admin/groups/new", "ref", data, "There is a group of this ref already."},
		{bobPath + "/join", "ref", "group:default/none", "There is no such group. Groups are written like group:default/platform."},
		{dataPath + "/join", "ref", "nobody", "There is no such person here. Add them first."},
		{bobPath + "/roles/grant", "role", "king", "There is no such role any more. Choose again."},
	} {
		again := b.Get(one.path).Submit("form.form", one.field, one.value)
		if again.Status != http.StatusUnprocessableEntity || !again.Has("#"+one.field+"-fault") {
			t.Errorf("%s %q: %d %s", one.path, one.value, again.Status, again.Text("main"))
		} else if got := again.Text("#" + one.field + "-fault"); got != one.want {
			t.Errorf("%s %q: it says %q", one.path, one.value, got)
		}
	}
	for _, path := range []string{peoplePath + "/default/nobody", peoplePath + "/default/Bob", "/admin/groups/default/none"} {
		if got := b.Get(path); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
}

func TestManyPeopleAreSearchedAndReadForwardAndBack(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		for _, ref := range crowd(t, tw, 110) {
			mustAdminister(t, tw, "/groups/join", `{"ref":"`+data+`","user":"`+ref+`"}`)
		}
		for path, total := range map[string]string{peoplePath: "113 people", dataPath: "111 members"} {
			first := b.Get(path)
			if got := first.Text(".pager"); got != total+" Next" {
				t.Errorf("%s: %q", path, got)
			}
			second := first.Follow(".pager [rel=next]")
			third := second.Follow(".pager [rel=next]")
			if third.Has(".pager [rel=next]") || len(second.Texts(names)) != 50 {
				t.Errorf("%s: pages of %d and %d", path, len(second.Texts(names)), len(third.Texts(names)))
			}
			if diff := cmp.Diff(second.Texts(names), third.Follow(".pager [rel=prev]").Texts(names)); diff != "" {
				t.Errorf("%s: back: %s", path, diff)
			}
		}
		for query, want := range map[string]int{"?q=person+77.": 1, "?q=PERSON-10": 10, "?q=%25": 0, "?q=_": 0, "?state=enabled&q=alice": 1, "?state=disabled": 0} {
			if got := len(b.Get(peoplePath + query).Texts(names)); got != want {
				t.Errorf("%s: %d people, want %d", query, got, want)
			}
		}
		if got := b.Get(peoplePath + "?after=zzz"); !got.Has(".pager a") {
			t.Error("a place behind the end leads nowhere")
		}
	})
}

// catalogServer serves a catalog that names Dana, who is in one group.
func catalogServer(t *testing.T) string {
	t.Helper()
	const dana = `{"kind":"User","metadata":{"namespace":"default","name":"dana"},"spec":{"profile":{"displayName":"Dana","email":"dana@example.com"}},
		"relations":[{"type":"memberOf","targetRef":"group:default/search"}]}`
	const administrator = `{"kind":"User","metadata":{"namespace":"default","name":"admin"}}`
	answers := map[string]string{
		"/api/catalog/entities/by-name/user/default/dana":  dana,
		"/api/catalog/entities/by-name/user/default/admin": administrator,
		"/api/catalog/entities/by-query":                   `{"items":[` + dana + `],"totalItems":1}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, known := answers[r.URL.Path]; known {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(text))
			return
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error":{"name":"NotFoundError"}}`))
	}))
	t.Cleanup(server.Close)
	return server.URL + "/api/catalog"
}

func TestPeopleOfACatalogAreShownAndNotAddedHere(t *testing.T) {
	url := catalogServer(t)
	tw := tokentest.Start(t, tokentest.WithConfig("directory: {catalog_url: "+url+"}"))
	b := pagetest.SignIn(t, tw, admin)
	list := b.Get(peoplePath)
	if !strings.Contains(list.Text(".note"), "kept in the catalog at "+url) || list.Has("a[href="+peoplePath+"/new]") {
		t.Errorf("it says %q", list.Text("main"))
	}
	dana := list.Follow("tbody th a")
	if got := dana.Text("main"); !strings.Contains(got, "group:default/search") || dana.Has("a[href="+peoplePath+"/default/dana/join]") {
		t.Errorf("Dana: %s", got)
	}
	off := dana.Follow("a[href=" + peoplePath + "/default/dana/disable]").Submit("form.form")
	if off.Text(".toast") != "The person is disabled" {
		t.Errorf("%d %s", off.Status, off.Text("main"))
	}
	if got := b.Get(peoplePath + "?state=disabled").Texts(names); !cmp.Equal(got, []string{"user:default/dana"}) {
		t.Errorf("disabled are %q", got)
	}
	if got := b.Get("/admin/groups").Text(".note"); !strings.Contains(got, "catalog") {
		t.Errorf("groups: %q", got)
	}
}

// What the former account made speaks as somebody else from then on (row C-12).
func TestRebindingEndsTheTokensOfTheFormerAccountUnlessTheyShallStay(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		made := assign(t, tw, bob, "of-the-former", "upload")
		works := func() bool { return use(t, tw, made.Secret, "upload", "") == http.StatusOK }
		form := b.Get(bobPath + "/rebind")
		if got := form.Text("#endTokens-hint"); !strings.HasPrefix(got, "They speak as this user") {
			t.Errorf("it does not say what stays: %s", form.Text("form.form"))
		}
		if form.Submit("form.form", "endTokens", ""); !works() {
			t.Error("without the box the token has ended")
		}
		if after := form.Submit("form.form"); after.URL.Path != bobPath || works() {
			t.Errorf("%s; with the box, as the form stands, the token works: %v", after.URL, works())
		}
	})
}
