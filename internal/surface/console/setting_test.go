package console_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestTheConfigurationIsShownWithItsSources(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithOps(), tokentest.WithConfig(`kinds:
  service:
    prefix: shop
peer: {leeway: 1s}
`))
	b := pagetest.SignIn(t, tw, admin)
	p := b.Get("/admin/settings")
	source := map[string]string{}
	cells := p.Texts("#configuration tbody td")
	for i, key := range p.Texts("#configuration tbody th") {
		source[key] = cells[2*i] + " from " + cells[2*i+1]
	}
	for key, want := range map[string]string{
		"kinds.service.prefix":      "shop from ",
		"listen":                    "127.0.0.1:0 from --listen",
		"ops_listen":                "127.0.0.1:0 from --ops-listen",
		"verify.cache_entries":      "10000 from TOKENWRIGHT_VERIFY_CACHE_ENTRIES",
		"kinds.service.name_reuse":  "never from default",
		"limits.connections":        "8192 from default",
		"kinds.user.permissions[0]": "",
	} {
		if !strings.HasPrefix(source[key], want) {
			t.Errorf("%s is %q, want %q", key, source[key], want)
		}
	}
	if got := source["kinds.service.prefix"]; !strings.HasSuffix(got, "tokenwright.yaml:3") {
		t.Errorf("the prefix is %q", got)
	}
	facts := strings.Join(p.Texts(".facts dd"), "\n")
	for _, part := range []string{"sqlite:", tw.Data, tw.OpsURL + "/metrics", "go1."} {
		if !strings.Contains(facts, part) {
			t.Errorf("the facts do not say %s:\n%s", part, facts)
		}
	}
}

// Nothing that stands for a secret is on the page: the password of the database,
// and what a file of secrets holds.
func TestTheConfigurationShowsNoSecret(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		const secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
		file := filepath.Join(t.TempDir(), "search.secret")
		if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
		tw := tokentest.Start(t, append(with, tokentest.WithConfig("peer: {keys: [{name: search, secret_file: "+file+"}]}"))...)
		p := pagetest.SignIn(t, tw, admin).Get("/admin/settings")
		if p.Status != http.StatusOK || !p.Holds(file) {
			t.Errorf("%d: it does not say where the secret is", p.Status)
		}
		if p.Holds(secret) || p.Holds("password=") {
			t.Error("a secret is shown")
		}
	})
}

func TestHealthIsWhatDoctorAsks(t *testing.T) {
	_, b := visit(t)
	p := b.Get("/admin/settings")
	names := strings.Join(p.Texts("#health tbody th"), ",")
	for _, name := range []string{"Database", "Signing keys", "Clock of the database", "End of the log", "Administrators"} {
		if !strings.Contains(names, name) {
			t.Errorf("nothing is said about %s: %s", name, names)
		}
	}
	if got := p.Text("#health .heading .badge"); got != "Good" {
		t.Errorf("in all it is %q: %q", got, p.Texts("#health tbody td"))
	}
}

func TestTheAPIIsAPageOfTheSameDocument(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, alice)
	p := b.Get("/docs/api")
	for _, id := range []string{"#op-issueServiceToken", "#schema-FlatError", "#schemas"} {
		if !p.Has(id) {
			t.Errorf("there is no %s", id)
		}
	}
	known := map[string]bool{}
	for _, id := range p.Attrs("[id]", "id") {
		known["#"+id] = true
	}
	for _, link := range p.Attrs("main a", "href") {
		if strings.HasPrefix(link, "#") && !known[link] {
			t.Errorf("%s leads nowhere", link)
		}
	}
	if !p.Holds("access-tokens:service:write") {
		t.Error("no permission is named")
	}
	for _, call := range p.Texts("pre") {
		if strings.Contains(call, "-H 'Authorization") || strings.Contains(call, "{") && strings.Contains(call, "/{") {
			t.Errorf("a call cannot be pasted, or shows its token to everybody: %s", call)
		}
	}
	if got := pagetest.Open(t, tw).Get("/docs/api").URL.Path; got != "/sign-in" {
		t.Errorf("a stranger is at %s", got)
	}
}
