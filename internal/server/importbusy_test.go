package server_test

import (
	"crypto/sha256"
	"database/sql"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// aFile is a source of one token. Once it was read, the transaction that makes it
// good is all that is left to do.
type aFile struct {
	given bool
	read  func()
}

// Next implements authority.ImportSource.
func (f *aFile) Next() (authority.ImportToken, error) {
	if f.given {
		return authority.ImportToken{}, io.EOF
	}
	f.given = true
	return authority.ImportToken{
		Line: 1, Digest: sha256.Sum256([]byte("moved")),
		Request: authority.Request{
			Kind: token.KindService, Name: "moved", Description: "d", Owner: platform, Scopes: []string{"catalog:read"},
		},
	}, nil
}

// Origin implements authority.ImportSource.
func (f *aFile) Origin() authority.ImportOrigin {
	f.read()
	return authority.ImportOrigin{Format: "jsonl"}
}

// While a large import is made good SQLite makes no other change. Tokens are
// verified meanwhile, so the node stays ready.
func TestANodeStaysReadyWhileAnImportIsMadeGood(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig("imported: [{kind: service, prefix: bsat, length: 43, alphabet: base64url}]"))
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.Data, "tokenwright.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	execute := func(statement string) {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Error(err)
		}
	}
	held, done := make(chan struct{}), make(chan error, 1)
	go func() {
		file := &aFile{read: func() {
			execute("BEGIN IMMEDIATE") // the import takes as long as this holds the file
			close(held)
		}}
		report, err := s.Authority().Import(t.Context(), tokentest.Admin(), file, false)
		if err == nil && report.Imported != 1 {
			t.Errorf("report: %+v", report)
		}
		done <- err
	}()
	select {
	case <-held:
	case err := <-done:
		t.Fatalf("the import ended before its last step: %v", err)
	}
	ready := func() answer { return ask(t, http.DefaultClient, http.MethodGet, s.URL+"/readyz", "", "") }
	busy := func(got answer) bool { return strings.Contains(got.body, `"impaired":["store"]`) }
	got := ready()
	for began := time.Now(); got.status == http.StatusOK && !busy(got) && time.Since(began) < 4*time.Second; got = ready() {
		<-time.After(20 * time.Millisecond) // one address may not ask without end
	}
	if got.status != http.StatusOK || !busy(got) {
		t.Errorf("meanwhile: %d %s", got.status, got.body)
	}
	execute("ROLLBACK")
	if err := <-done; err != nil {
		t.Errorf("the import: %v", err)
	}
	for got = ready(); busy(got); got = ready() {
		<-time.After(20 * time.Millisecond)
	}
	if got.status != http.StatusOK {
		t.Errorf("afterwards: %d %s", got.status, got.body)
	}
}
