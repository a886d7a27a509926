package proof_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
)

// TestSecrets issues secrets in every way there is, uses and misuses them, and
// then searches for each of them, whole and any 12 characters, in everything
// that was written (rows B-01, B-06, B-07, figure A3): the database and its
// write-ahead log, the server's log at debug level, audit exports, metrics,
// and every answer but the one that hands the secret over.
func TestSecrets(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		k := newKeeping(t, install(t))
		k.live()
		k.process.stop()
		k.searchFolder("data folder", k.place.data)
		k.report()
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		// The database writes down every statement with its parameters.
		cluster := pgtest.New(t, pgtest.Options{Settings: []string{"log_statement=all"}})
		place := install(t)
		place.database = postgresDatabase(t, cluster)
		k := newKeeping(t, place)
		k.told = func() string { return cluster.Log(t) }
		k.live()
		k.process.stop()
		k.searchFolder("data folder", k.place.data)
		k.searchRows()
		k.searchFolder("cluster", filepath.Join(folderOf(t, place.database), "data"))
		k.report()
	})
}

// keeping is a server whose secrets are searched for.
type keeping struct {
	t       *testing.T
	place   *installation
	process *process
	caller  *caller
	needles *needles
	found   haystack
	// told, when set, gives what the database was told. It is searched before
	// secrets are misused: what somebody searches for, or gives as the name
	// of a group, the database is told.
	told func() string

	mu      sync.Mutex
	answers []labelled // all but those that hand a secret over
	former  int        // secrets that were replaced
}

// labelled is an answer and what was asked.
type labelled struct{ use, text string }

func newKeeping(t *testing.T, place *installation) *keeping {
	place.config += "kinds: {service: {max_per_owner: 1000000}}\nlog: {level: debug}\n"
	place.args = append(place.args, "--ops-listen", freeAddress(t))
	p := place.start()
	return &keeping{
		t: t, place: place, process: p, needles: newNeedles(),
		caller: newCaller(p, p.userToken("user:default/admin")),
	}
}

// live does with secrets whatever people do with them, and collects what can
// only be collected while the server runs.
func (k *keeping) live() {
	raws := k.issueInEveryWay()
	k.rotateSome(raws)
	if k.told != nil {
		k.search("statements", k.told())
	}
	misused := raws[:amount(20, len(raws))]
	inParallel(len(misused), func(i int) {
		for _, use := range uses(misused[i]) {
			k.send(use)
		}
	})
	k.search("verdict of the command line", k.place.run(raws[len(raws)-1]+"\n", "token", "verify"))
	k.search("audit export as JSON Lines", k.place.run("", "audit", "export", "--format", "jsonl"))
	k.search("audit export as CSV", k.place.run("", "audit", "export", "--format", "csv"))
	for _, path := range []string{"/metrics", "/debug/pprof/goroutine?debug=2", "/debug/pprof/cmdline"} {
		k.search(path, k.ops(path))
	}
	for _, a := range k.answers {
		k.search("answer to "+a.use, a.text)
	}
	k.search("log at debug level", string(k.process.said.all()))
}

// issueInEveryWay issues most secrets through the admin socket, and some
// through REST and the command line. It gives those that will be misused.
func (k *keeping) issueInEveryWay() []string {
	const byREST, byCommand = 300, 10
	for _, raw := range rawsOf(issueMany(k.process, platform, 20_000-byREST-byCommand)) {
		k.needles.add(raw)
	}
	raws := make([]string, byREST+byCommand)
	inParallel(byREST, func(i int) {
		var issued wireIssued
		got := insist(func() (got reply) {
			issued, got = k.caller.issue(k.t.Context(), fmt.Sprintf("rest-%d-%d", i, time.Now().UnixNano()))
			return got
		})
		if !got.acknowledged() {
			k.t.Errorf("issue answers %d: %s", got.status, got.body)
		}
		raws[i] = issued.RawToken
	})
	for i := range byCommand {
		raws[byREST+i] = strings.TrimSpace(k.place.run("", "token", "issue", "service",
			"--name", fmt.Sprintf("command-%d", i), "--group", platform, "--scope", held))
	}
	for _, raw := range raws {
		if len(raw) < 2*windowLength {
			k.t.Fatal("an issue gave no secret")
		}
		k.needles.add(raw)
	}
	return raws
}

// send sends a use and keeps the answer, headers and all.
func (k *keeping) send(u use) {
	body, kind := u.form, "application/x-www-form-urlencoded"
	if u.json != "" {
		body, kind = u.json, "application/json"
	}
	request, err := http.NewRequestWithContext(context.WithoutCancel(k.t.Context()), u.method, k.caller.url+u.target, strings.NewReader(body))
	if err != nil {
		k.t.Error(err)
		return
	}
	if request.Header = u.header; request.Header == nil {
		request.Header = bearer(k.caller.jwt)
	}
	if body != "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := k.caller.http.Do(request)
	if err != nil {
		k.t.Errorf("%s: %v", u.method, err)
		return
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		k.t.Error(err)
	}
	if response.StatusCode == http.StatusInternalServerError {
		k.t.Errorf("%s: %d", u.label(), response.StatusCode)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.answers = append(k.answers, labelled{u.label(), fmt.Sprintf("%s\n%v\n%s\n", response.Status, response.Header, text)})
}

// rotateSome gives some tokens a new secret and ends others: former secrets
// are secrets too.
func (k *keeping) rotateSome(raws []string) {
	admin := k.process.admin()
	page, err := admin.List(k.t.Context(), clientQuery("rest-", 200))
	must(k.t, err)
	if len(page.Tokens) < 100 {
		k.t.Fatalf("only %d tokens are listed", len(page.Tokens))
	}
	for _, t := range page.Tokens[:50] {
		issued, err := admin.Rotate(k.t.Context(), t.ID, api.RotateRequest{OverlapSeconds: 60})
		must(k.t, err)
		k.needles.add(issued.RawToken)
		k.former++
		_, err = admin.Disable(k.t.Context(), t.ID)
		must(k.t, err)
	}
	for _, raw := range raws[:50] {
		k.send(use{method: "POST", target: "/oauth2/revoke", form: url.Values{"token": {raw}}.Encode()})
	}
}

// ops reads a page of the listener for operators.
func (k *keeping) ops(path string) string {
	response, err := http.Get("http://" + k.place.args[len(k.place.args)-1] + path)
	must(k.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(k.t, err)
	if response.StatusCode != http.StatusOK || len(text) == 0 {
		k.t.Errorf("%s answers %d with %d bytes", path, response.StatusCode, len(text))
	}
	return string(text)
}

func (k *keeping) search(what, text string) {
	if text == "" {
		k.t.Errorf("%s is empty", what)
	}
	k.needles.search(what, []byte(text), separate, &k.found)
}

// searchFolder searches all files below a folder.
func (k *keeping) searchFolder(what, folder string) {
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		k.needles.search(what+": "+filepath.Base(path), data, packed, &k.found)
		return err
	})
	must(k.t, err)
}

// report fails the test for every leak. The hints show that the search looked
// where the tokens are: each must have been found, but for those of secrets
// that were replaced.
func (k *keeping) report() {
	for i, leak := range k.found.leaks {
		if i == 50 {
			k.t.Errorf("and %d more", len(k.found.leaks)-i)
			break
		}
		k.t.Error(leak)
	}
	if len(k.found.hints) < k.needles.secrets-k.former {
		k.t.Errorf("the hints of %d of %d secrets were found: something was not searched", len(k.found.hints), k.needles.secrets)
	}
	k.t.Logf("%d secrets, %d windows each, searched for in %d MiB", k.needles.secrets, 54-windowLength, k.found.size>>20)
}
