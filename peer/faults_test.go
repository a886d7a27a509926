package peer_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// A manager that could be attacked is not made, and all that is wrong with it
// is said at once.
func TestEveryFaultIsReportedWithItsPlace(t *testing.T) {
	with := func(change func(*peer.Key)) []peer.Key {
		k := key("a", ours)
		change(&k)
		return []peer.Key{k}
	}
	fixed := func(text string, c peer.Caller) []peer.Static {
		return []peer.Static{{Caller: c, Token: token.NewSecret(text)}}
	}
	for _, tc := range []struct {
		name string
		opts peer.Options
		want string
	}{
		{"nothing at all (PEER-16)", peer.Options{}, "peer.keys: at least one key is needed"},
		{
			"a key that is over",
			peer.Options{Keys: with(func(k *peer.Key) { k.NotAfter = start })},
			"peer.keys: at least one key is needed",
		},
		{
			"a short key (A-14, PEER-03)",
			peer.Options{Keys: []peer.Key{key("x", "5Y3BznVKbDkUxQd0mE9sL1oPq7RtWvXa")}},
			`peer.keys[0]: peer "x": key 1 decodes to 24 bytes, at least 32 are needed`,
		},
		{
			"an empty key, option or not",
			peer.Options{Keys: []peer.Key{short("x", "====")}},
			`peer.keys[0]: peer "x": key 1 decodes to 0 bytes, at least 32 are needed`,
		},
		{
			"a secret that is no base64 (PEER-04)",
			peer.Options{Keys: []peer.Key{key("x", "not base64!")}},
			`peer.keys[0]: peer "x": key 1: Illegal secret, must be a valid base64 string: it is not base64: it has a character that is in neither alphabet`,
		},
		{
			"two alphabets",
			peer.Options{Keys: []peer.Key{key("x", strings.Repeat("+-", 32))}},
			`peer.keys[0]: peer "x": key 1: Illegal secret, must be a valid base64 string: it is not base64: it mixes the characters + and / with - and _, which belong to two alphabets`,
		},
		{
			"padding that does not fit",
			peer.Options{Keys: []peer.Key{key("x", ours+"=")}},
			`peer.keys[0]: peer "x": key 1: Illegal secret, must be a valid base64 string: it is not base64: its length or its padding does not fit; it may have been cut`,
		},
		{
			"one secret twice (PEER-05)",
			peer.Options{Keys: []peer.Key{key("a", ours), key("b", " "+strings.TrimRight(ours, "=")+"\n")}},
			`peer.keys[1]: peer "a" key 1 and peer "b" key 2 are the same key`,
		},
		{
			"the documented three keys, which are one",
			peer.Options{Keys: []peer.Key{
				short("a", "my-secret-key-1"), short("b", "my-secret-key-2"), short("", "my-secret-key-3"),
			}},
			`peer.keys[1]: peer "a" key 1 and peer "b" key 2 are the same key` + "\n" +
				`peer.keys[2]: peer "a" key 1 and a peer without a name key 3 are the same key`,
		},
		{
			"secrets that HMAC cannot tell apart",
			peer.Options{Keys: []peer.Key{short("a", "YWI="), short("b", "YWIA")}},
			`peer.keys[1]: peer "a" key 1 and peer "b" key 2 are the same key`,
		},
		{
			"a fixed text twice",
			peer.Options{Static: append(fixed(ours, peer.Caller{Name: "a"}), fixed(ours, peer.Caller{Name: "b"})...)},
			"peer.external[1]: a and b are the same token",
		},
		{
			"a short text (PEER-21)",
			peer.Options{Static: fixed("12345678", peer.Caller{Name: "a"})},
			"peer.external[0].options: the token has 8 characters, at least 32 are needed",
		},
		{
			"keys of one name that do not agree",
			peer.Options{Keys: append(with(func(*peer.Key) {}), peer.Key{
				Caller: peer.Caller{Name: "a", Scopes: token.Scopes{"x"}, Audience: "y"}, Secret: token.NewSecret(theirs),
			})},
			`peer.keys[1]: peer "a": its keys must agree in audience and scopes`,
		},
		{
			"one subject for two (PEER-09)",
			peer.Options{Keys: append(with(func(*peer.Key) {}), peer.Key{
				Caller: peer.Caller{Name: "b", Subject: "external:a"}, Secret: token.NewSecret(theirs),
			})},
			`peer.keys[1]: the subject is that of peer "a" too; every caller has its own`,
		},
		{
			"a subject of users (E-05)",
			peer.Options{Keys: with(func(k *peer.Key) { k.Subject = "user:default/alice" })},
			"peer.keys[0].subject: must not begin with user:, as the subjects of others do",
		},
		{
			"the subject of the nameless",
			peer.Options{Keys: with(func(k *peer.Key) { k.Name = "backstage-plugin" })},
			"peer.keys[0].subject: is that of keys without a name",
		},
		{
			"rights for the nameless",
			peer.Options{Keys: with(func(k *peer.Key) { k.Name, k.Scopes = "", token.Scopes{"x"} })},
			"peer.keys[0]: a key without a name speaks as external:backstage-plugin and holds nothing; give it a name",
		},
		{
			"a name that is none",
			peer.Options{Keys: with(func(k *peer.Key) { k.Name = "A b" })},
			"peer.keys[0].name: must be 1 to 63 lower-case letters, digits or hyphens",
		},
		{
			"everything by a scope (PEER-10)",
			peer.Options{Keys: with(func(k *peer.Key) { k.Scopes = token.Scopes{"*"} })},
			`peer.keys[0].scopes: the scope "*" allows everything: write unrestricted: true instead`,
		},
		{
			"unrestricted beside scopes",
			peer.Options{Keys: with(func(k *peer.Key) { k.Unrestricted, k.Scopes = true, token.Scopes{"x"} })},
			"peer.keys[0].unrestricted: stands alone: remove it, or remove scopes and access_restrictions",
		},
		{
			"an empty limit (PEER-18)",
			peer.Options{Keys: with(func(k *peer.Key) {
				k.Restrictions = peer.Restrictions{{Plugin: "a", Permissions: []string{}}}
			})},
			"peer.keys[0].access_restrictions: accessRestrictions for plugin 'a': empty limit",
		},
		{
			"a plugin twice",
			peer.Options{Keys: with(func(k *peer.Key) { k.Restrictions = peer.Restrictions{{Plugin: "a"}, {Plugin: "a"}} })},
			"peer.keys[0].access_restrictions: Attempted to declare 'accessRestrictions' twice for plugin 'a', which is not permitted",
		},
		{
			"a lifetime of years",
			peer.Options{Keys: with(func(k *peer.Key) { k.MaxLifetime = 367 * 24 * time.Hour })},
			"peer.keys[0].max_lifetime: must be between 1h and 366d",
		},
		{
			"times the wrong way round",
			peer.Options{Keys: with(func(k *peer.Key) {
				k.NotBefore, k.NotAfter = start.Add(2*time.Hour), start.Add(time.Hour)
			})},
			"peer.keys[0].not_after: must be later than not_before",
		},
		{
			"a leeway of minutes",
			peer.Options{Keys: with(func(*peer.Key) {}), Leeway: 2 * time.Minute},
			"peer.leeway: must be from 0s to 60s",
		},
		{
			"a key set without constraints (PEER-22)",
			peer.Options{JWKS: []peer.JWKS{{Algorithms: []string{"HS256"}}}},
			"peer.external[0].options.issuer: is required\npeer.external[0].options.audience: is required\n" +
				"peer.external[0].options.algorithm: must be ES256, RS256 or EdDSA; never a MAC, and never none\npeer.external[0].options.url: is required",
		},
		{
			"plugins without an id of our own",
			peer.Options{Keys: with(func(*peer.Key) {}), Plugins: []peer.Plugin{{ID: "scaffolder"}}},
			"peer.plugins[0]: needs peer.plugin_id, the aud of tokens for this deployment",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.opts.Clock = newClock().read
			_, err := peer.New(tc.opts)
			if !errors.Is(err, token.ErrInvalid) {
				t.Fatalf("error = %v, want ErrInvalid", err)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

// Two issuers must not be able to spell one subject.
func TestKeySetsKeepTheirSubjectsApart(t *testing.T) {
	set := func(issuer, prefix string) peer.JWKS {
		return peer.JWKS{
			Issuers: []string{issuer}, Audiences: []string{"x"}, Algorithms: []string{"ES256"},
			SubjectPrefix: prefix, Keys: published{},
		}
	}
	for _, tc := range []struct {
		a, b string
		good bool
	}{
		{"gha", "gitlab", true},
		{"gha", "gha", false},
		{"", "gha", false},
		{"a", "a:b", false},
		{"a", "ab", true},
	} {
		_, err := peer.New(peer.Options{JWKS: []peer.JWKS{set("https://a", tc.a), set("https://b", tc.b)}})
		if (err == nil) != tc.good {
			t.Errorf("%q beside %q: error = %v, want good: %v", tc.a, tc.b, err, tc.good)
		}
	}
	if _, err := peer.New(peer.Options{JWKS: []peer.JWKS{set("https://a", "a"), set("https://a", "b")}}); err == nil {
		t.Error("one issuer in two entries is accepted")
	}
}

func TestWhatAnOperatorShouldKnowIsNoted(t *testing.T) {
	long, all := short("old", "5Y3BznVKbDkUxQd0mE9sL1oPq7RtWvXa"), key("all", ours)
	long.MaxLifetime = 48 * time.Hour
	all.Unrestricted = true
	m := manager(t, peer.Options{Keys: []peer.Key{long, all}, Leeway: time.Second})
	var got []string
	for _, note := range m.Notes() {
		got = append(got, note.String())
	}
	want := []string{
		"old: its tokens may live longer than 24 h, up to 48 h",
		"old: key 1 is short: 24 bytes, where 32 are needed",
		"all: may do everything",
		"peer: clocks may differ by 1s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}
