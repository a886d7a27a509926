package authority_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

const recognised = "imported: [{kind: service, prefix: bsat, length: 43, alphabet: base64url}]\n"

// elsewhere gives n tokens without keeping them.
type elsewhere struct {
	n, given int
	make     func(i int) authority.ImportToken
	seen     func(i int) // nil = nothing
}

// Next implements authority.ImportSource.
func (e *elsewhere) Next() (authority.ImportToken, error) {
	if e.given == e.n {
		return authority.ImportToken{}, io.EOF
	}
	e.given++
	if e.seen != nil {
		e.seen(e.given)
	}
	one := e.make(e.given)
	one.Line = e.given
	return one, nil
}

// Origin implements authority.ImportSource.
func (*elsewhere) Origin() authority.ImportOrigin { return authority.ImportOrigin{Format: "jsonl"} }

// rawOf is what the i-th token looks like where it is from.
func rawOf(i int) string { return fmt.Sprintf("bsat_%042dA", i) }

func moved(i int) authority.ImportToken {
	return authority.ImportToken{
		Digest: sha256.Sum256([]byte(rawOf(i))),
		Request: authority.Request{
			Kind: token.KindService, Name: fmt.Sprintf("moved-%d", i), Owner: platform, Scopes: []string{"catalog:read"},
		},
	}
}

// changed is a source of one token that is not quite the usual one.
func changed(change func(*authority.ImportToken)) *elsewhere {
	return &elsewhere{n: 1, make: func(i int) authority.ImportToken {
		one := moved(i)
		change(&one)
		return one
	}}
}

// TestAnImportedTokenIsGoodAtOnce covers row C-08: that it was unknown a moment
// ago is forgotten.
func TestAnImportedTokenIsGoodAtOnce(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(recognised))
	check := func() error {
		_, err := s.Verifier().Verify(t.Context(), rawOf(1), verify.Expect{Scopes: token.Scopes{"catalog:read"}})
		return err
	}
	for range 3 {
		if err := check(); !errors.Is(err, token.ErrUnknown) {
			t.Fatalf("before the import: %v", err)
		}
	}
	report, err := s.Authority().Import(t.Context(), tokentest.Admin(), &elsewhere{n: 1, make: moved}, false)
	if err != nil || report.Imported != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if err := check(); err != nil {
		t.Errorf("after the import: %v", err)
	}
	if _, err := s.Verifier().Verify(t.Context(), rawOf(2), verify.Expect{}); !errors.Is(err, token.ErrUnknown) {
		t.Errorf("one that was not imported: %v", err)
	}
}

func TestImportedTokensAreJunkUnlessTheirFormIsKnown(t *testing.T) {
	s := tokentest.Start(t)
	if _, err := s.Verifier().Verify(t.Context(), rawOf(1), verify.Expect{}); !errors.Is(err, token.ErrMalformed) {
		t.Errorf("without a form: %v", err)
	}
	report, err := s.Authority().Import(t.Context(), tokentest.Admin(), &elsewhere{n: 1, make: moved}, false)
	if err != nil || report.Imported != 0 || len(report.Refused) != 1 || !strings.Contains(report.Refused[0].What, "under imported") {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestDigestsOfElsewhereStayWhatTheyAre: a pepper is for tokens of our own, and
// HMAC is under the key of the system they are from.
func TestDigestsOfElsewhereStayWhatTheyAre(t *testing.T) {
	key, file := []byte("the key of the other system, 32+ bytes"), filepath.Join(t.TempDir(), "key")
	pepper := filepath.Join(filepath.Dir(file), "pepper")
	for path, content := range map[string][]byte{file: key, pepper: []byte(strings.Repeat("p", 32))} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := tokentest.Start(t, tokentest.WithConfig("secrets: {pepper_file: "+pepper+"}\nimported:\n"+
		"  - {kind: service, prefix: bsat, length: 43, alphabet: base64url}\n"+
		"  - {kind: service, prefix: old, length: 64, alphabet: hex, hmac_key_file: "+file+"}\n"))
	keyed := "old_" + strings.Repeat("0123456789abcdef", 4)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(keyed))
	source := &elsewhere{n: 2, make: func(i int) authority.ImportToken {
		one := moved(i)
		one.Hint = "bsat_"
		if i == 2 {
			one.Hint, one.Digest = "old_0123", token.Digest(mac.Sum(nil))
		}
		return one
	}}
	report, err := s.Authority().Import(t.Context(), tokentest.Admin(), source, false)
	if err != nil || report.Imported != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	own := s.Issue(platform, "own", "catalog:read")
	for _, raw := range []string{rawOf(1), keyed, own.Secret.Reveal()} {
		for range 2 { // from the store, then from the cache
			if _, err := s.Verifier().Verify(t.Context(), raw, verify.Expect{}); err != nil {
				t.Errorf("%s…: %v", raw[:8], err)
			}
		}
	}
}

func TestImportRefusesALineAndSaysHowToMendIt(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(recognised))
	now := s.Authority().Now()
	for want, change := range map[string]func(*authority.ImportToken){
		"id must be a UUID":                               func(l *authority.ImportToken) { l.ID = "../../etc/passwd" },
		"digest is all zero":                              func(l *authority.ImportToken) { l.Digest = token.Digest{} },
		"name must be 1-100":                              func(l *authority.ImportToken) { l.Name = "UPPER" },
		"description contains characters":                 func(l *authority.ImportToken) { l.Description = "a\x00b" },
		"createdBy contains characters":                   func(l *authority.ImportToken) { l.CreatedBy = "a\u202eb" },
		"revokedBy must have at most":                     func(l *authority.ImportToken) { l.RevokedBy = strings.Repeat("a", 256) },
		"revokedBy stands without revokedAt":              func(l *authority.ImportToken) { l.RevokedBy = "user:default/a" },
		"revokedAt must lie between":                      func(l *authority.ImportToken) { l.RevokedAt = now.Add(time.Hour) },
		"raise max_lifetime":                              func(l *authority.ImportToken) { l.Expiry.At = now.AddDate(9, 0, 0) },
		"add the group to the directory":                  func(l *authority.ImportToken) { l.Owner = "nobody" },
		"hint must be at most":                            func(l *authority.ImportToken) { l.Hint = "bsat_" + strings.Repeat("A", 8) },
		"personal tokens are imported by the scrypt hash": func(l *authority.ImportToken) { l.Kind = token.KindPersonal },
		"At least one scope":                              func(l *authority.ImportToken) { l.Scopes = nil },
	} {
		report, err := s.Authority().Import(t.Context(), tokentest.Admin(), changed(change), false)
		if err != nil || report.Imported != 0 || len(report.Refused) != 1 || !strings.Contains(report.Refused[0].What, want) {
			t.Errorf("want %q: %+v, %v", want, report, err)
		}
	}
	if n := len(s.Entries(audit.Query{Actions: []audit.Action{audit.TokenImported, audit.TokensImported}})); n != 0 {
		t.Errorf("%d entries of imports that took nothing over", n)
	}
}

// TestTokensThatHaveEndedAreTakenOverAsSuch: their names stay used, even where
// their group and scopes are gone.
func TestTokensThatHaveEndedAreTakenOverAsSuch(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(recognised))
	now := s.Authority().Now()
	for i, change := range []func(*authority.ImportToken){
		func(l *authority.ImportToken) { l.Expiry.At = now.Add(-time.Hour) },
		func(l *authority.ImportToken) { l.RevokedAt, l.RevokedBy = now.Add(-time.Hour), "user:default/carol" },
	} {
		source := changed(func(l *authority.ImportToken) {
			l.Digest, l.Name = sha256.Sum256([]byte(rawOf(i))), fmt.Sprintf("ended-%d", i)
			l.Owner, l.Scopes = "Group:Default/Dissolved", []string{"gone:read"}
			change(l)
		})
		report, err := s.Authority().Import(t.Context(), tokentest.Admin(), source, false)
		if err != nil || report.Imported != 1 {
			t.Fatalf("%+v, %v", report, err)
		}
		want := []authority.ChangedSubject{{
			Line: 1, From: token.Subject("service-token:Group:Default/Dissolved:ended-" + fmt.Sprint(i)),
			To: token.Subject("service-token:group:default/dissolved:ended-" + fmt.Sprint(i)),
		}}
		if diff := cmp.Diff(want, report.Subjects); diff != "" {
			t.Error(diff)
		}
	}
	for i, want := range []error{token.ErrExpired, token.ErrRevoked} {
		if _, err := s.Verifier().Verify(t.Context(), rawOf(i), verify.Expect{}); !errors.Is(err, want) {
			t.Errorf("ended-%d: %v, want %v", i, err, want)
		}
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(recognised))
	report, err := s.Authority().Import(t.Context(), tokentest.Admin(), &elsewhere{n: 5, make: moved}, true)
	if err != nil || report.Lines != 5 || report.Imported != 0 || len(report.Refused) != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	page, err := s.Authority().List(t.Context(), tokentest.Admin(), token.Query{Kind: token.KindService})
	if err != nil || page.Total != 0 {
		t.Errorf("%d tokens, %v", page.Total, err)
	}
}

func TestAFileThatEndsEarlyImportsNothing(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(recognised))
	for _, source := range []authority.ImportSource{
		cutOff{&elsewhere{n: 600, make: moved}},
		&elsewhere{n: authority.MaxImportLines + 1, make: func(i int) authority.ImportToken {
			return authority.ImportToken{Request: authority.Request{Fault: token.Invalid("a line that cannot be read")}}
		}},
	} {
		if report, err := s.Authority().Import(t.Context(), tokentest.Admin(), source, false); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%+v, %v", report, err)
		}
	}
	report, err := s.Authority().Import(t.Context(), tokentest.Admin(), &elsewhere{n: 600, make: moved}, false)
	if err != nil || report.Imported != 600 {
		t.Errorf("the whole file afterwards: %+v, %v", report, err)
	}
}

// cutOff is a source that breaks where it should end.
type cutOff struct{ authority.ImportSource }

// Next implements authority.ImportSource.
func (c cutOff) Next() (authority.ImportToken, error) {
	one, err := c.ImportSource.Next()
	if errors.Is(err, io.EOF) {
		err = token.Invalid("cut off")
	}
	return one, err
}

// TestMemoryOfAnImportDoesNotGrowWithTheFile measures what is live near the
// beginning and at the end: 10,000 tokens and their entries are 12 MiB and more.
func TestMemoryOfAnImportDoesNotGrowWithTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 4,000 tokens")
	}
	const begun, n = 500, 4_000
	s := tokentest.Start(t, tokentest.WithConfig(recognised+"kinds: {service: {max_per_owner: 1000000}}\n"))
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early, late uint64
	source := &elsewhere{n: n, make: moved, seen: func(i int) {
		switch i {
		case begun:
			early = live()
		case n:
			late = live()
		}
	}}
	// A dry run reads and keeps aside all that an import does.
	report, err := s.Authority().Import(t.Context(), tokentest.Admin(), source, true)
	if err != nil || report.Lines != n || len(report.Refused) > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	if grown := int64(late) - int64(early); grown > 2<<20 {
		t.Errorf("%d bytes more are live at line %d than at line %d", grown, n, begun)
	}
}
