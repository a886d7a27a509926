package personal_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/surface/personal"
)

// stub runs the page's script on as much of a page as it needs: its elements by
// id, and the names in its table. It prints what a person would see.
const stub = `
const { script, hash, arrived, names } = JSON.parse(process.env.PAGE);
const element = (dataset) => ({ textContent: "", hidden: true, dataset, addEventListener() {} });
const elements = { "failed": element({}), "minted": element({ arrived }) };
for (const part of ["name", "expires", "token", "close"]) elements["minted-" + part] = element({});
const location = { hash, pathname: "/settings/personal-tokens" };
const history = { replaceState() { location.hash = ""; } };
const document = {
  getElementById: (id) => elements[id] ?? null,
  querySelectorAll: () => names.map((textContent) => ({ textContent })),
};
const addEventListener = (name, run) => { if (name === "DOMContentLoaded") run(); };
new Function("location", "history", "document", "addEventListener", script)(location, history, document, addEventListener);
console.log(JSON.stringify({
  hash: location.hash, failed: elements.failed.hidden ? "" : elements.failed.textContent,
  token: elements.minted.hidden ? "" : elements["minted-token"].textContent,
}));`

type seen struct{ Hash, Failed, Token string }

// shows gives what a person sees who comes to a page of ours with a fragment.
func shows(t *testing.T, b browser, page answer, fragment string, names ...string) seen {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("TOKENWRIGHT_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skip("Node.js is not installed")
	}
	found := regexp.MustCompile(`id="minted" data-arrived="([^"]*)"`).FindStringSubmatch(page.body)
	if found == nil || !strings.Contains(page.body, `<script src="/settings/personal-tokens/fragment.js">`) {
		t.Fatalf("the page has no place for a token: %d %s", page.status, page.body)
	}
	script := b.send("GET", personal.SettingsPath+"/fragment.js", "").body
	input, _ := json.Marshal(map[string]any{"script": script, "hash": "#" + fragment, "arrived": found[1], "names": append([]string{}, names...)})
	cmd := exec.CommandContext(t.Context(), node, "-e", stub)
	cmd.Env = append(os.Environ(), "PAGE="+string(input))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var got seen
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Hash != "" {
		t.Errorf("the address still holds %s", got.Hash)
	}
	return got
}

// coded gives a fragment as the callback writes it, or a stranger.
func coded(key string, payload any) string {
	text, _ := json.Marshal(payload)
	return key + "=" + base64.RawURLEncoding.EncodeToString(text)
}

// Row PER-43: a link shows nobody the text or the token of a stranger.
func TestPER43TheSettingsPageShowsNothingOfAStranger(t *testing.T) {
	s := start(t)
	b := s.signIn(alice)
	mallory := s.browser(bob)
	_, theirs, _ := strings.Cut(mallory.send("GET", mallory.consent(mallory.on("POST", "/mint", `{"name":"theirs"}`), "approve"), "").header.Get("Location"), "#")
	page := b.send("GET", personal.SettingsPath, "")
	if got := shows(t, b, page, theirs); got.Token != "" || !strings.HasPrefix(got.Failed, "There is no token to show") {
		t.Errorf("a stranger's token: %+v", got)
	}
	for _, message := range []string{
		"Your account is locked, call 1-555", "OAuth flow returned error: call 1-555", sayFailed + " or call 1-555",
		`A token named "call 1-555" already exists for this user`, "", "undefined",
	} {
		got := shows(t, b, page, coded("personal-access-tokens-mint-error", map[string]any{"message": message}), "laptop")
		if got.Failed != "No token was made. Try again." {
			t.Errorf("%q: %+v", message, got)
		}
	}
	for _, message := range []string{
		sayUnknown, sayMissing, sayFailed, "OAuth flow returned error: access_denied", "expiresAt must be in the future",
		"You already have the most personal tokens allowed", `A token named "laptop" already exists for this user`,
	} {
		got := shows(t, b, page, coded("personal-access-tokens-mint-error", map[string]any{"message": message}), "laptop")
		if got.Failed != message {
			t.Errorf("%q: %+v", message, got)
		}
	}
}

// Who made a token by a bearer need not be signed in here: the token is shown
// all the same, in the browser in which it was made, and stays in no address.
func TestATokenThatWasMadeByABearerIsShown(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	arrived := b.send("GET", b.consent(b.on("POST", "/mint", `{"name":"laptop"}`), "approve"), "")
	_, fragment, _ := strings.Cut(arrived.header.Get("Location"), "#")
	b.person = ""
	page := b.send("GET", personal.SettingsPath, "")
	if got := shows(t, b, page, fragment); !s.browser("").good(got.Token) || got.Failed != "" {
		t.Errorf("%d, shown %+v", page.status, got)
	}
	other := s.browser("").send("GET", personal.SettingsPath, "")
	want := "/sign-in?next=" + url.QueryEscape(personal.SettingsPath) + "#"
	if other.status != http.StatusSeeOther || other.header.Get("Location") != want {
		t.Errorf("another browser: %d %q, want %q", other.status, other.header.Get("Location"), want)
	}
}
