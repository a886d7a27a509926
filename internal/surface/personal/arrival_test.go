package personal_test

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/surface/personal"
)

// stub runs the page's script on as much of a page as it needs. It prints what a
// person would see.
const stub = `
const { script, hash, arrived, causes } = JSON.parse(process.env.PAGE);
const element = (dataset, textContent = "") => ({ textContent, hidden: true, dataset, focus() {} });
const words = Object.fromEntries(Object.entries(causes).map(([cause, text]) => ['[data-cause="' + cause + '"]', element({}, text)]));
const failed = { ...element({}), querySelector: (selector) => words[selector] };
const secret = element({}, "{token}");
const minted = {
  ...element({ arrived }),
  querySelectorAll: () => [secret],
  querySelector: (selector) => element(selector === ".copy" ? {} : { guards: "?" }),
};
const elements = { failed, minted: arrived ? minted : null };
const location = { hash, pathname: "/settings/personal-tokens" };
const history = { replaceState() { location.hash = ""; } };
const document = { documentElement: { lang: "en" }, getElementById: (id) => elements[id] };
const addEventListener = (name, run) => { if (name === "DOMContentLoaded") run(); };
new Function("location", "history", "document", "addEventListener", script)(location, history, document, addEventListener);
console.log(JSON.stringify({
  hash: location.hash, failed: failed.hidden ? "" : Object.values(words).filter((p) => !p.hidden).map((p) => p.textContent).join(),
  token: minted.hidden ? "" : secret.textContent,
}));`

type seen struct{ Hash, Failed, Token string }

// shows gives what a person sees who comes to a page of ours with a fragment.
func shows(t *testing.T, b browser, page answer, fragment string) seen {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("TOKENWRIGHT_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skip("Node.js is not installed")
	}
	causes, arrived := map[string]string{}, ""
	for _, one := range regexp.MustCompile(`<p data-cause="([a-z]+)" hidden>([^<]*)</p>`).FindAllStringSubmatch(page.body, -1) {
		causes[one[1]] = html.UnescapeString(one[2])
	}
	if len(causes) == 0 || !strings.Contains(page.body, `<script src="/settings/personal-tokens/fragment.js">`) {
		t.Fatalf("the page has no place for a token: %d %s", page.status, page.body)
	}
	if found := regexp.MustCompile(`<section id="minted"[^>]* data-arrived="([^"]*)"`).FindStringSubmatch(page.body); found != nil {
		arrived = found[1]
	}
	script := b.send("GET", personal.SettingsPath+"/fragment.js", "").body
	input, _ := json.Marshal(map[string]any{"script": script, "hash": "#" + fragment, "arrived": arrived, "causes": causes})
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

// fragmentOf gives what the callback leaves behind the "#".
func (b browser) fragmentOf(callback string) string {
	b.t.Helper()
	_, fragment, _ := strings.Cut(b.send("GET", callback, "").header.Get("Location"), "#")
	return fragment
}

// Row PER-43: a link shows nobody the text or the token of a stranger. What the
// callback can say is said in words of the page.
func TestPER43TheSettingsPageShowsNothingOfAStranger(t *testing.T) {
	s := start(t)
	b := s.signIn(alice)
	mallory := s.browser(bob)
	theirs := mallory.fragmentOf(mallory.consent(mallory.on("POST", "/mint", `{"name":"theirs"}`), "approve"))
	page := b.send("GET", personal.SettingsPath, "")
	if got := shows(t, b, page, theirs); got.Token != "" || !strings.HasPrefix(got.Failed, "There is no token to show") {
		t.Errorf("a stranger's token: %+v", got)
	}
	const none = "No token was made. Begin again."
	for message, want := range map[string]string{
		"Your account is locked, call 1-555": none, "OAuth flow returned error: call 1-555": none, sayFailed + " or call 1-555": none,
		"": none, "undefined": none, sayMissing: none, sayFailed: none,
		`A token named "call 1-555" already exists for this user`: "You have a token of this name already, or of one that reads the same. No token was made.",
		sayUnknown: "No token was made: the answer came too late, a second time, or from another browser. Begin again.",
		"OAuth flow returned error: access_denied":          "You cancelled. No token was made.",
		"OAuth flow returned error: server_error":           "The consent page refused the request. No token was made. Begin again.",
		"expiresAt must be in the future":                   "The end that you chose has passed meanwhile. No token was made.",
		"You already have the most personal tokens allowed": "You have as many usable tokens as you may have. Revoke one first.",
	} {
		got := shows(t, b, page, coded("personal-access-tokens-mint-error", map[string]any{"message": message}))
		if got.Failed != want {
			t.Errorf("%q: %+v", message, got)
		}
	}
}

// Who made a token by a bearer need not be signed in here: the token is shown
// all the same, in the browser in which it was made, and stays in no address.
func TestATokenThatWasMadeByABearerIsShown(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	fragment := b.fragmentOf(b.consent(b.on("POST", "/mint", `{"name":"laptop"}`), "approve"))
	b.person = ""
	page := b.send("GET", personal.SettingsPath, "")
	if got := shows(t, b, page, fragment); page.status != http.StatusUnauthorized || !s.browser("").good(got.Token) || got.Failed != "" {
		t.Errorf("%d, shown %+v", page.status, got)
	}
	other := s.browser("").send("GET", personal.SettingsPath, "")
	want := "/sign-in?next=" + url.QueryEscape(personal.SettingsPath) + "#"
	if other.status != http.StatusSeeOther || other.header.Get("Location") != want {
		t.Errorf("another browser: %d %q, want %q", other.status, other.header.Get("Location"), want)
	}
}

// Rows PER-42 and PER-43 hold for each of several tokens: two tabs that come back
// before either page was read each show their own, and no other browser does.
func TestPER42OfTwoMintsInTwoTabsEachIsShown(t *testing.T) {
	s := start(t)
	b := s.browser(alice)
	callbacks := []string{b.consent(b.begin(wish("one")), "approve"), b.consent(b.begin(wish("two")), "approve")}
	fragments := []string{b.fragmentOf(callbacks[0]), b.fragmentOf(callbacks[1])}
	b.person = ""
	page, strangers := b.send("GET", personal.SettingsPath, ""), s.signIn(bob)
	shown := map[string]bool{}
	for i, fragment := range fragments {
		got := shows(t, b, page, fragment)
		if !s.browser("").good(got.Token) || got.Failed != "" {
			t.Errorf("tab %d: %+v", i+1, got)
		}
		shown[got.Token] = true
		if got := shows(t, strangers, strangers.send("GET", personal.SettingsPath, ""), fragment); got.Token != "" {
			t.Errorf("another browser: %+v", got)
		}
	}
	if len(shown) != 2 {
		t.Error("both tabs show one token")
	}
}
