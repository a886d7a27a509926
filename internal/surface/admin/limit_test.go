package admin_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Row I-05: one credential cannot keep the server busy. The limit is ten times
// that of the other surfaces.
func TestTheAdministrativeAPIHasALimitForEachUser(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("limits: {requests_per_minute: 2}"), tokentest.WithClock(tokentest.NewClock(time.Time{})))
	read[struct{}](t, local(t, tw).post(api.PathRoleGrant, `{"ref":"user:default/admin","role":"administrator"}`))
	one, other := as(t, tw, "admin"), as(t, tw, "alice")
	for i := range 20 {
		if got := one.get("/roles"); got.status != http.StatusOK {
			t.Fatalf("request %d: %d %s", i+1, got.status, got.body)
		}
	}
	got := problem(t, one.get("/users"), http.StatusTooManyRequests, "limited")
	if got.Detail != "" {
		t.Errorf("it says %q", got.Detail)
	}
	if after := one.get("/users").header.Get("Retry-After"); after == "" {
		t.Error("nothing says when to come back")
	}
	if got := other.get("/roles"); got.status != http.StatusForbidden {
		t.Errorf("somebody else: %d", got.status)
	}
	for range 50 { // whoever can open the socket is not counted
		if got := local(t, tw).get("/roles"); got.status != http.StatusOK {
			t.Fatalf("through the admin socket: %d", got.status)
		}
	}
}
