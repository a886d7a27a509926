package console_test

import (
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Whoever may end tokens need not be one who may read them: the page that asks
// shows the one that they were told of, and leads nowhere that they may not go.
func TestAQuestionNeedsThePermissionOfWhatItAsksAlone(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(`
roles: {ender: ["access-tokens:service:revoke"], watcher: ["access-tokens:service:read"]}
bindings:
  - {role: ender, to: ["`+alice+`"], groups: ["`+platform+`"]}
  - {role: watcher, to: ["`+bob+`"]}`))
	theirs, other := tw.Issue(platform, "to-be-ended", "catalog:read"), tw.Issue(data, "of-others", "catalog:read")
	ender, watcher := pagetest.SignIn(t, tw, alice), pagetest.SignIn(t, tw, bob)
	asked := ender.Get(servicePath + "/" + theirs.Token.ID + "/revoke")
	if asked.Status != http.StatusOK || asked.Text("h1") != "Revoke to-be-ended?" {
		t.Fatalf("%d %s", asked.Status, asked.Text("main"))
	}
	if got := asked.Attr("main a[data-done]", "href"); got != "/" || asked.Has(".trail") {
		t.Errorf("it leads back to %q", got)
	}
	for name, p := range map[string]*pagetest.Page{
		"a token of another group": ender.Get(servicePath + "/" + other.Token.ID + "/revoke"),
		"no token":                 ender.Get(servicePath + "/none/revoke"),
	} {
		if p.Status != http.StatusNotFound {
			t.Errorf("%s: %d", name, p.Status)
		}
	}
	for _, action := range []string{"revoke", "rotate", "disable"} {
		if got := watcher.Get(servicePath + "/" + theirs.Token.ID + "/" + action).Status; got != http.StatusForbidden {
			t.Errorf("whoever may read alone is asked whether to %s: %d", action, got)
		}
	}
	if got := len(tw.Entries(audit.Query{Actor: bob, Outcome: audit.Refused})); got != 3 {
		t.Errorf("%d refusals were recorded, want 3", got)
	}
	after := asked.Submit("form.form", "reason", "found in a public place")
	if after.Status != http.StatusOK || after.URL.Path != "/" {
		t.Errorf("it leads to %s: %d", after.URL, after.Status)
	}
}

func TestAReasonThatIsNotTakenIsSaidAtItsField(t *testing.T) {
	tw, b := visit(t)
	made := tw.Issue(platform, "kept", "catalog:read")
	asked := b.Get(servicePath + "/" + made.Token.ID + "/revoke")
	again := asked.Submit("form.form", "reason", "it was "+made.Secret.Reveal())
	if again.Status != http.StatusUnprocessableEntity || !again.Has("#reason-fault") {
		t.Fatalf("%d %s", again.Status, again.Text("main"))
	}
	if err := tw.Authority().CheckText("reason", again.Attr("#reason", "value")); err == nil {
		t.Error("what was typed is gone")
	}
	after := again.Submit("form.form", "reason", "it was in a ticket")
	if got := after.Text(".facts .badge"); got != "Revoked" {
		t.Errorf("then it is %q", got)
	}
}
