package peer_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// What jose makes is accepted here, and what is made here jose accepts.
func TestPeersInNodeUnderstandUs(t *testing.T) {
	const folder = "../e2e/oauth"
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(folder, "node_modules"))
	}
	if err != nil {
		if os.Getenv("TOKENWRIGHT_REQUIRE") == "1" {
			t.Fatalf("the libraries of Node.js are missing: %v", err)
		}
		t.Skipf("Node.js or its libraries are not installed: see e2e/oauth/README.md (%v)", err)
	}
	// The libraries read the system's clock.
	ours := peer.GenerateSecret()
	m, err := peer.New(peer.Options{Keys: []peer.Key{{Caller: peer.Caller{Name: "node"}, Secret: ours}}})
	if err != nil {
		t.Fatal(err)
	}
	probe, err := peer.NewPluginTokens(peer.PluginOptions{ID: "probe"})
	if err != nil {
		t.Fatal(err)
	}
	made := runPeer(t, node, folder, ours, m, probe)
	if made.Sub != peer.ServerSubject || made.Plugin != "probe" {
		t.Errorf("jose read %q and %q", made.Sub, made.Plugin)
	}
	for name, raw := range map[string]string{"as documented": made.Shared, "with typ and iat": made.Typed} {
		if who, err := m.Authenticate(t.Context(), raw); err != nil || who.Subject != "external:node" {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
	list, err := jwt.ParseJWKS([]byte(made.Keys))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := jwt.NewKeySet(list)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := peer.New(peer.Options{PluginID: "catalog", Plugins: []peer.Plugin{{ID: "scaffolder", Keys: keys}}})
	if err != nil {
		t.Fatal(err)
	}
	if who, err := catalog.Authenticate(t.Context(), made.FromPlugin); err != nil || who.Subject != "plugin:scaffolder" {
		t.Errorf("of a plugin: %+v, %v", who, err)
	}
}

// josePeer is what the peer in Node.js says.
type josePeer struct{ Sub, Plugin, Shared, Typed, FromPlugin, Keys string }

func runPeer(t *testing.T, node, folder string, secret token.Secret, m *peer.TokenManager, probe *peer.PluginTokens) josePeer {
	t.Helper()
	shared, err := m.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := probe.GetToken(t.Context(), "catalog", peer.Behalf{})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := probe.KeySet()
	if err != nil {
		t.Fatal(err)
	}
	// Version 18, which Debian 12 has, keeps Web Cryptography behind this flag.
	cmd := exec.CommandContext(t.Context(), node, "--experimental-global-webcrypto", "peer.mjs")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "SECRET="+secret.Reveal(), "SHARED="+shared.Reveal(), "PLUGIN="+raw.Reveal(), "KEYS="+string(keys))
	var faults strings.Builder
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, faults.String())
	}
	var made josePeer
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	return made
}
