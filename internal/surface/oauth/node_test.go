package oauth_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// clientFolder holds the client, with its libraries when they are installed.
const clientFolder = "../../../e2e/oauth"

// openid-client, oauth4webapi and jose get through, however the client proves
// who it is, and find nothing that breaks the protocol.
func TestClientsOfNodeGetThrough(t *testing.T) {
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(clientFolder, "node_modules"))
	}
	if err != nil {
		if os.Getenv("TOKENWRIGHT_REQUIRE") == "1" {
			t.Fatalf("the client's libraries are missing: %v", err)
		}
		t.Skipf("Node.js or the client's libraries are not installed: see e2e/oauth/README.md (%v)", err)
	}
	// The libraries read the system's clock.
	w := world{tokentest.Start(t, tokentest.WithConfig("oauth: {registration: true}")), t, nil}
	for _, method := range []string{"none", "client_secret_basic", "client_secret_post"} {
		t.Run(method, func(t *testing.T) {
			c := w.register(loopback, `,"token_endpoint_auth_method":"`+method+`"`)
			got := w.runClient(t, node, c, method)
			want := fmt.Sprintf(`{"sub":%q,"userinfo":%q,"rotated":true,"ended":"invalid_grant"}`, alice, alice)
			if got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// runClient runs the client, with alice at the browser, and gives what came of
// it.
func (w world) runClient(t *testing.T, node string, c app, method string) string {
	t.Helper()
	// Version 18, which Debian 12 has, keeps Web Cryptography behind this flag.
	cmd := exec.CommandContext(t.Context(), node, "--experimental-global-webcrypto", "client.mjs")
	cmd.Dir = clientFolder
	cmd.Env = append(os.Environ(), "ISSUER="+w.issuer(), "CLIENT_ID="+c.id, "CLIENT_SECRET="+c.secret, "METHOD="+method, "REDIRECT="+c.redirect)
	var faults strings.Builder
	cmd.Stderr = &faults
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the client says nothing: %v %s", cmd.Wait(), faults.String())
	}
	b := w.browser(alice)
	there := b.get(lines.Text())
	back := b.say(strings.TrimPrefix(there.header.Get("Location"), w.URL+"/oauth2/authorize/"), "approve")
	if _, err := fmt.Fprintln(in, back.header.Get("Location")); err != nil {
		t.Fatal(err)
	}
	result := ""
	if lines.Scan() {
		result = lines.Text()
	}
	if err := cmd.Wait(); err != nil || !json.Valid([]byte(result)) {
		t.Fatalf("the client ends with %v: %s", err, faults.String())
	}
	return result
}
