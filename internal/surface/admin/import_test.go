package admin_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const recognised = "imported: [{kind: service, prefix: bsat, length: 43, alphabet: base64url}]"

// rawOf is what the i-th imported token looks like.
func rawOf(i int) string { return fmt.Sprintf("bsat_%042dA", i) }

func lineOf(i int) string {
	digest := sha256.Sum256([]byte(rawOf(i)))
	return fmt.Sprintf(`{"line":%d,"kind":"service","digest":"%s","name":"moved-%d","owner":"platform","scopes":["catalog:read"]}`+"\n",
		i, hex.EncodeToString(digest[:]), i)
}

func endOf(n int) string {
	return fmt.Sprintf(`{"end":true,"lines":%d,"format":"jsonl","sha256":"%s"}`+"\n", n, strings.Repeat("0f", 32))
}

func (c caller) imports(body string) answer {
	c.t.Helper()
	return c.ask(http.MethodPost, api.PathImport, "application/jsonl", body)
}

func TestABodyThatDoesNotEndAsItShouldImportsNothing(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(recognised))
	here := local(t, tw)
	for name, body := range map[string]string{
		"nothing":               "",
		"no last line":          lineOf(1),
		"a line cut off":        lineOf(1) + lineOf(2)[:20],
		"one line too few":      lineOf(1) + endOf(2),
		"one line too many":     lineOf(1) + lineOf(2) + endOf(1),
		"something behind":      lineOf(1) + endOf(1) + lineOf(2),
		"a last line of others": lineOf(1) + `{"end":true,"lines":1,"format":"elsewhere","sha256":"0f"}`,
		"an endless line":       lineOf(1) + strings.Repeat("x", 70_000) + "\n" + endOf(2),
	} {
		if got := here.imports(body); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	problem(t, here.ask(http.MethodPost, api.PathImport, "application/json", lineOf(1)+endOf(1)), http.StatusUnsupportedMediaType, "invalid")
	problem(t, here.ask(http.MethodPost, api.PathImport+"?dryRun=perhaps", "application/jsonl", lineOf(1)+endOf(1)), http.StatusUnprocessableEntity, "invalid")
	if got := read[api.TokenPage](t, here.get(api.PathTokens)); got.Total != 0 {
		t.Errorf("%d tokens were imported", got.Total)
	}
	if got := read[api.Import](t, here.imports(lineOf(1)+lineOf(2)+endOf(2))); got.Imported != 2 {
		t.Errorf("the whole of it: %+v", got)
	}
}

// TestEveryLineThatIsWrongIsTold covers row E-08 for lines: no member is passed
// over in silence.
func TestEveryLineThatIsWrongIsTold(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(recognised))
	body := lineOf(1) + `{"surprise":1}` + "\n" + strings.Replace(lineOf(3), `"name"`, `"Name"`, 1) + "nothing\n" +
		strings.Replace(lineOf(5), `"kind"`, `"line":5,"kind"`, 1) + endOf(5)
	got := read[api.Import](t, local(t, tw).imports(body))
	var lines []int
	for _, refused := range got.Refused {
		lines = append(lines, refused.Line)
	}
	if fmt.Sprint(lines) != "[2 3 4 5]" || got.Imported != 0 {
		t.Errorf("%+v", got)
	}
}

// TestWhoMayNotAdministerImportsNothing: a token makes no tokens (E-03).
func TestWhoMayNotAdministerImportsNothing(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(recognised+`
bindings: [{role: administrator, to: ["service-token:group:default/platform:robot"]}]
`))
	robot := tw.Issue(platform, "robot", "catalog:read")
	for who, bearer := range map[string]string{
		"a user": tw.UserToken("user:default/alice"), "a service": robot.Secret.Reveal(),
	} {
		if got := bearing(t, tw, bearer).imports(lineOf(1) + endOf(1)); got.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", who, got.status, got.body)
		}
	}
	if n := len(tw.Entries(audit.Query{Outcome: audit.Refused})); n != 2 {
		t.Errorf("%d refusals are in the log", n)
	}
}

// TestTheHistoryOfAnImportedTokenBeginsWithItsImport, once.
func TestTheHistoryOfAnImportedTokenBeginsWithItsImport(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(recognised))
	here := local(t, tw)
	read[api.Import](t, here.imports(lineOf(1)+endOf(1)))
	id := read[api.TokenPage](t, here.get(api.PathTokens)).Tokens[0].ID
	page := read[api.EntryPage](t, here.get("/tokens/"+id+"/audit"))
	if len(page.Entries) != 1 || page.Entries[0].Action != string(audit.TokenImported) || page.Entries[0].Details["scopes"] != "catalog:read" {
		t.Errorf("%+v", page)
	}
}

func TestTheLimitThatClientsKnowIsTheOneThatHolds(t *testing.T) {
	if api.MaxImportLines != authority.MaxImportLines {
		t.Errorf("%d and %d", api.MaxImportLines, authority.MaxImportLines)
	}
	// A mark may be done with once the longest transaction that did not see it is over.
	if most := (token.Import{Lines: authority.MaxImportLines}).Patience(); most > 5*time.Minute {
		t.Errorf("an import may take %s", most)
	}
}
