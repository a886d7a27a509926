package server_test

import (
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// A plugin must not carry on for whom a peer speaks that is switched off: be it an
// issuer, which speaks for many, or a peer that has left the configuration since.
func TestWhoActsForWhomAPeerSpokeThatIsSwitchedOffIsRefused(t *testing.T) {
	scaffolder, err := peer.NewPluginTokens(peer.PluginOptions{ID: "scaffolder"})
	if err != nil {
		t.Fatal(err)
	}
	first := startPeers(t)
	more := strings.NewReplacer("peer:\n",
		"peer:\n  plugin_id: catalog\n  plugins: [{id: scaffolder, jwks_uri: \""+publish(t, scaffolder.KeySet)+"\"}]\n",
		"  external:\n", "  external:\n"+
			"    - {type: jwks, scopes: ['catalog:read'], options: {url: \""+publish(t, scaffolder.KeySet)+"\", issuer: [gha], audience: [catalog], algorithm: [ES256], subject_prefix: gha}}\n")
	yaml := more.Replace(first.yaml)
	p := peers{tokentest.Start(t, tokentest.WithConfig(yaml)), first.secrets, yaml}
	active := func(subject token.Subject) bool {
		t.Helper()
		raw, err := scaffolder.GetToken(t.Context(), "catalog", peer.Behalf{Caller: &peer.Principal{
			Subject: subject, Restrictions: peer.Restrictions{{Plugin: "catalog"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(p.introspect(t, raw.Reveal(), "").body, `"active":true`)
	}
	all := map[token.Subject]string{"external:gha:repo": "external:gha", "external:ci": "ci"}
	for subject := range all {
		if !active(subject) {
			t.Fatalf("for %s: refused before anybody was switched off", subject)
		}
	}
	switched(t, p.Server, "disable", "external:gha")
	switched(t, p.Server, "disable", "ci")
	for subject, name := range all {
		if active(subject) {
			t.Errorf("for %s: taken though %s is switched off", subject, name)
		}
	}
	if !active("external:gha2:repo") {
		t.Error("who only begins alike is refused")
	}

	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	var left []string
	for line := range strings.Lines(yaml) {
		if !strings.Contains(line, "name: ci,") && !strings.Contains(line, "type: jwks") {
			left = append(left, line)
		}
	}
	p.Server = tokentest.Start(t, tokentest.WithData(p.Data), tokentest.WithConfig(strings.Join(left, "")))
	for subject, name := range all {
		if active(subject) {
			t.Errorf("for %s: taken once %s left the configuration", subject, name)
		}
	}
}
