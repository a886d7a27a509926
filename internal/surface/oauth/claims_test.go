package oauth_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// configured starts a server with more under oauth than start does.
func configured(t testing.TB, settings string) world {
	t.Helper()
	clock := tokentest.NewClock(time.Now())
	return world{tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig("oauth: {registration: true, "+settings+"}")), t, clock}
}

// PER-47 and section 6: what nobody has configured is not in a JWT.
func TestPER47AnAccessJWTSaysNoMoreThanConfigured(t *testing.T) {
	w := start(t)
	_, got := w.offline(w.public(), alice)
	_, payload := claims(t, got.text("access_token"))
	for _, name := range []string{"ent", "uip"} {
		if _, there := payload[name]; there {
			t.Errorf("%s: %v", name, payload[name])
		}
	}
	if payload["aud"] != "backstage" {
		t.Errorf("aud: %v", payload["aud"])
	}
}

// PER-47: groups are those that the person is in at the exchange.
func TestPER47GroupsAreWorkedOutAtEveryExchange(t *testing.T) {
	w := configured(t, "ownership_claim: true")
	raw := newRaw()
	w.imports(moved(t, raw))
	owns := func(jwt string) []any {
		_, payload := claims(t, jwt)
		list, _ := payload["ent"].([]any)
		return list
	}
	if got := owns(w.must(w.refresh(app{}, raw)).text("access_token")); !slices.Equal(got, []any{alice, "group:default/platform"}) {
		t.Errorf("before: %v", got)
	}
	w.local(http.MethodPost, "/api/admin/v1/groups/leave", `{"ref":"group:default/platform","user":"`+alice+`"}`)
	if got := owns(w.must(w.refresh(app{}, raw)).text("access_token")); !slices.Equal(got, []any{alice}) {
		t.Errorf("after they left: %v", got)
	}
	if got := owns(w.UserToken(bob)); !slices.Equal(got, []any{bob, "group:default/data"}) {
		t.Errorf("one that an administrator made: %v", got)
	}
}

// Section 6: from uip a back end puts the limited-user JWT together, which the
// published keys verify and which opens nothing here (PER-45).
func TestPER47TheProofOfIdentityIsThatOfBackstage(t *testing.T) {
	w := configured(t, "identity_proof: true")
	_, got := w.offline(w.public(), alice)
	jwt := got.text("access_token")
	limited, err := peer.LimitUser(token.NewSecret(jwt))
	if err != nil {
		t.Fatal(err)
	}
	ctx := oidc.ClientContext(t.Context(), &http.Client{})
	signed, err := oidc.NewRemoteKeySet(ctx, w.issuer()+"/.well-known/jwks.json").VerifySignature(ctx, limited.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	_, whole := claims(t, jwt)
	var said map[string]any
	if err := json.Unmarshal(signed, &said); err != nil || len(said) != 3 ||
		said["sub"] != alice || said["iat"] != whole["iat"] || said["exp"] != whole["exp"] {
		t.Errorf("it says %s, %v", signed, err)
	}
	if w.works(limited.Reveal()) {
		t.Error("a limited-user JWT is a credential")
	}
	if !w.works(jwt) {
		t.Error("the JWT itself is none")
	}
}

// PER section 10: aud is configured; with another one a JWT is for others.
func TestPER27TheAudienceIsTheConfiguredOne(t *testing.T) {
	w := configured(t, `audience: "https://api.example"`)
	_, got := w.offline(w.public(), alice)
	if _, payload := claims(t, got.text("access_token")); payload["aud"] != "https://api.example" {
		t.Errorf("aud: %v", payload["aud"])
	}
	if !w.works(got.text("access_token")) || !w.works(w.UserToken(bob)) {
		t.Error("it does not work here")
	}
}
