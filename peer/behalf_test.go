package peer_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// plugin makes the tokens of a plugin.
func plugin(t *testing.T, id string, c *clock) *peer.PluginTokens {
	t.Helper()
	made, err := peer.NewPluginTokens(peer.PluginOptions{ID: id, Clock: c.read})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// restrictedCaller gives a caller of a plugin, as its manager does.
func restrictedCaller(t *testing.T, c *clock, caller peer.Caller) *peer.Principal {
	t.Helper()
	caller.Name = "ci"
	const text = "a-fixed-text-of-more-than-32-characters"
	m := manager(t, peer.Options{Clock: c.read, Static: []peer.Static{{Caller: caller, Token: token.NewSecret(text)}}})
	who, err := m.Authenticate(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// PEER-20: ci calls probe, probe calls catalog for it, catalog calls search.
func TestRestrictionsGoOnFromHopToHop(t *testing.T) {
	c := newClock()
	ci := restrictedCaller(t, c, peer.Caller{Restrictions: peer.Restrictions{
		{Plugin: "catalog"}, {Plugin: "search"}, {Plugin: "probe", Actions: []string{"read"}, Permissions: []string{"probe.read"}},
	}})
	probe, catalog := plugin(t, "probe", c), plugin(t, "catalog", c)
	atCatalog := manager(t, peer.Options{Clock: c.read, PluginID: "catalog", Plugins: []peer.Plugin{{ID: "probe", Keys: probe}}})
	atSearch := manager(t, peer.Options{Clock: c.read, PluginID: "search", Plugins: []peer.Plugin{{ID: "catalog", Keys: catalog}}})

	first := passOn(t, probe, "catalog", ci, atCatalog)
	second := passOn(t, catalog, "search", first, atSearch)
	for hop, who := range map[string]*peer.Principal{"plugin:probe": first, "plugin:catalog": second} {
		if string(who.Subject) != hop || who.OnBehalfOf != "external:ci" || who.Restrictions.String() != ci.Restrictions.String() {
			t.Errorf("%s: %+v, want it for external:ci with %v", hop, who, ci.Restrictions)
		}
		if who.Covers("catalog:read") || who.Covers("search:read") {
			t.Errorf("%s: the restrictions of ci became rights of the plugin", hop)
		}
	}
	for target, want := range map[string]string{
		"probe":      "Access to target plugin 'probe' is restricted and cannot be delegated",
		"scaffolder": "Access to target plugin 'scaffolder' is not included in token's access restrictions",
	} {
		_, err := catalog.GetToken(t.Context(), target, peer.Behalf{Caller: first})
		if !errors.Is(err, token.ErrRestricted) || token.Message(err) != want {
			t.Errorf("on to %s: error = %v, want %q", target, err, want)
		}
	}
}

// passOn lets a plugin call another for somebody, and gives who that is there.
func passOn(t *testing.T, from *peer.PluginTokens, target string, who *peer.Principal, at *peer.TokenManager) *peer.Principal {
	t.Helper()
	raw, err := from.GetToken(t.Context(), target, peer.Behalf{Caller: who})
	if err != nil {
		t.Fatal(err)
	}
	next, err := at.Authenticate(t.Context(), raw.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// What does not go on with a call must not be lost on the way: it would be more
// at the next plugin than it was here.
func TestACallerWhoseRightsCannotGoOnIsNotActedFor(t *testing.T) {
	c := newClock()
	probe := plugin(t, "probe", c)
	limits := peer.Restrictions{{Plugin: "catalog"}}
	for _, tc := range []struct {
		name   string
		caller peer.Caller
		want   string
	}{
		{"unrestricted", peer.Caller{Unrestricted: true}, ""},
		{"restricted to the target", peer.Caller{Restrictions: limits}, ""},
		{"nothing", peer.Caller{}, "Access to target plugin 'catalog' is not included in token's access restrictions"},
		{"scopes", peer.Caller{Scopes: token.Scopes{"catalog:read"}}, "Access to target plugin 'catalog' is restricted and cannot be delegated"},
		{"both", peer.Caller{Scopes: token.Scopes{"catalog:read"}, Restrictions: limits}, "Access to target plugin 'catalog' is restricted and cannot be delegated"},
	} {
		_, err := probe.GetToken(t.Context(), "catalog", peer.Behalf{Caller: restrictedCaller(t, c, tc.caller)})
		if tc.want == "" && err != nil || tc.want != "" && (!errors.Is(err, token.ErrRestricted) || token.Message(err) != tc.want) {
			t.Errorf("%s: error = %v, want %q", tc.name, err, tc.want)
		}
	}
}

// A plugin may say what it likes about its caller: it only takes away.
func TestWhatAPluginSaysOfItsCallerIsReadStrictly(t *testing.T) {
	i := newIssuer(t)
	m := manager(t, peer.Options{PluginID: "catalog", Plugins: []peer.Plugin{{ID: "probe", Keys: i.keys}}})
	catalog := []any{map[string]any{"plugin": "catalog"}}
	for _, tc := range []struct {
		name  string
		claim any
		want  error
	}{
		{"as it should be", map[string]any{"subject": "external:ci", "accessRestrictions": catalog}, nil},
		{"a text", "external:ci", token.ErrMalformed},
		{"no subject", map[string]any{"accessRestrictions": catalog}, token.ErrMalformed},
		{"a subject with a space", map[string]any{"subject": "a b", "accessRestrictions": catalog}, token.ErrMalformed},
		{"no restrictions", map[string]any{"subject": "external:ci"}, token.ErrMalformed},
		{"an empty list", map[string]any{"subject": "external:ci", "accessRestrictions": []any{}}, token.ErrMalformed},
		{"an empty limit", map[string]any{"subject": "external:ci", "accessRestrictions": []any{map[string]any{"plugin": "catalog", "permission": []any{}}}}, token.ErrMalformed},
		{"a further member", map[string]any{"subject": "external:ci", "accessRestrictions": catalog, "scope": "*"}, token.ErrMalformed},
		{"another plugin", map[string]any{"subject": "external:ci", "accessRestrictions": []any{map[string]any{"plugin": "search"}}}, token.ErrRestricted},
		{"limits within this one", map[string]any{"subject": "external:ci", "accessRestrictions": []any{map[string]any{"plugin": "catalog", "permission": "a"}}}, token.ErrRestricted},
	} {
		raw := i.sign("vnd.backstage.plugin", map[string]any{
			"sub": "probe", "aud": "catalog", "iat": start.Unix(), "exp": start.Unix() + 60, "tokenwright_caller": tc.claim,
		}, nil)
		if who, err := m.Authenticate(t.Context(), raw); !errors.Is(err, tc.want) || tc.want == nil && who.Subject != "plugin:probe" {
			t.Errorf("%s: %+v, %v; want %v", tc.name, who, err, tc.want)
		}
	}
}

// The proof of who the user is goes on as well, and decides when it all ends.
func TestAUserGoesOnFromHopToHop(t *testing.T) {
	c, users := newClock(), newIssuer(t)
	end := start.Add(20 * time.Minute)
	limited := token.NewSecret(users.sign("vnd.backstage.limited-user", map[string]any{
		"sub": "user:default/alice", "iat": start.Add(-time.Hour).Unix(), "exp": end.Unix(),
	}, nil))
	probe, catalog := plugin(t, "probe", c), plugin(t, "catalog", c)
	atCatalog := manager(t, peer.Options{Clock: c.read, PluginID: "catalog", Users: users.keys, Plugins: []peer.Plugin{{ID: "probe", Keys: probe}}})
	atSearch := manager(t, peer.Options{Clock: c.read, PluginID: "search", Users: users.keys, Plugins: []peer.Plugin{{ID: "catalog", Keys: catalog}}})

	raw, err := probe.GetToken(t.Context(), "catalog", peer.Behalf{User: limited})
	if err != nil {
		t.Fatal(err)
	}
	first, err := atCatalog.Authenticate(t.Context(), raw.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	second := passOn(t, catalog, "search", first, atSearch)
	for actor, who := range map[token.Subject]*peer.Principal{"plugin:probe": first, "plugin:catalog": second} {
		if who.Subject != "user:default/alice" || who.Actor != actor || !who.ExpiresAt.Equal(end) {
			t.Errorf("%+v, want alice until %s, by %s", who, end, actor)
		}
		// What was given to alice before a mass revocation ends with it.
		if !who.MadeAfter.Equal(start.Add(-time.Hour)) {
			t.Errorf("%s: it counts as made at %s, want the time of what alice was given", actor, who.MadeAfter)
		}
	}
	c.set(end)
	if _, err := catalog.GetToken(t.Context(), "search", peer.Behalf{Caller: first}); !errors.Is(err, token.ErrExpired) {
		t.Errorf("at the end of what alice was given: error = %v, want ErrExpired", err)
	}
}

func TestTheLimitedUserWithinARecordedUserTokenIsTheRecordedOne(t *testing.T) {
	var file struct {
		UserTokens, PluginTokens []struct {
			ID, Token string
			Decoded   struct{ Payload struct{ Obo string } }
		}
	}
	vectors(t, "backstage-user-plugin-tokens.json", &file)
	recorded := map[string]string{}
	for _, one := range file.PluginTokens {
		recorded[one.ID] = one.Decoded.Payload.Obo
	}
	for _, one := range file.UserTokens {
		got, err := peer.LimitUser(token.NewSecret(one.Token))
		switch one.ID {
		case "user_ent_omitted":
			if err != nil || got.Reveal() != recorded["plugin_obo"] {
				t.Errorf("%s: %v, or not the obo that was recorded", one.ID, err)
			}
		case "user_with_ent", "user_expired": // they have a uip too
			if err != nil {
				t.Errorf("%s: %v", one.ID, err)
			}
		default:
			if !errors.Is(err, token.ErrMalformed) {
				t.Errorf("%s: error = %v, want ErrMalformed", one.ID, err)
			}
		}
	}
}

// Section 7: a key an hour, its public part for three.
func TestThePublicKeysOfAPluginAreOfferedForThreeHours(t *testing.T) {
	c := newClock()
	probe := plugin(t, "probe", c)
	if got := keySet(t, probe); len(got) != 0 {
		t.Errorf("before the first token there are %d keys", len(got))
	}
	made := map[string]bool{}
	for hour := range 5 {
		c.set(start.Add(time.Duration(hour) * time.Hour))
		for range 2 {
			if _, err := probe.GetToken(t.Context(), "catalog", peer.Behalf{}); err != nil {
				t.Fatal(err)
			}
		}
		kids := keySet(t, probe)
		if want := min(hour+1, 3); len(kids) != want {
			t.Errorf("after %d h: %d keys, want %d", hour, len(kids), want)
		}
		if made[kids[0]] {
			t.Errorf("after %d h the former key still signs", hour)
		}
		made[kids[0]] = true
	}
	if got := peer.KeySetPath("probe"); got != "/api/probe/.backstage/auth/v1/jwks.json" {
		t.Errorf("they are read at %s", got)
	}
}

func keySet(t *testing.T, p *peer.PluginTokens) (kids []string) {
	t.Helper()
	data, err := p.KeySet()
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []struct{ Kid, D string } }
	if err := json.Unmarshal(data, &set); err != nil {
		t.Fatal(err)
	}
	for _, one := range set.Keys {
		if one.D != "" || strings.Count(one.Kid, "-") != 4 {
			t.Errorf("%+v is no public key with a UUID", one)
		}
		kids = append(kids, one.Kid)
	}
	return kids
}

func TestThePluginsOfATokenMustBeIDs(t *testing.T) {
	if _, err := peer.NewPluginTokens(peer.PluginOptions{ID: "../x"}); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("own id: error = %v, want ErrInvalid", err)
	}
	if _, err := plugin(t, "probe", newClock()).GetToken(t.Context(), "a b", peer.Behalf{}); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("target: error = %v, want ErrInvalid", err)
	}
}
