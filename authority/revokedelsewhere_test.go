package authority_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// TestATokenRevokedElsewhereEndsWhereItIsRevokedAgain: this node has a token in
// its cache and has not heard yet that another node revoked it. Once it answers
// that the token is revoked, it must not accept it any more (C-03).
func TestATokenRevokedElsewhereEndsWhereItIsRevokedAgain(t *testing.T) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tokens.db"), sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat"})
	must(t, err)
	here, err := verify.New(verify.Options{Formats: formats, Source: store, CacheTTL: time.Hour, Lease: time.Hour})
	must(t, err)
	here.Heard(time.Now())
	node := func(listener func(token.Change)) *authority.Authority {
		a, err := authority.New(authority.Options{
			Store: store, Directory: directory.NewBuiltIn(store), Clock: time.Now, Listener: listener,
			Policy: func() policy.Table { return policy.Table{} },
		})
		must(t, err)
		return a
	}

	secret, err := formats.Generate(token.KindService)
	must(t, err)
	now := time.Now().UTC()
	n := token.New{Digest: token.Digester{}.Digest(secret.Reveal()), Token: token.Token{
		ID: token.NewID(), Kind: token.KindService, Name: "leaked", Owner: platform,
		Subject: token.ServiceSubject(platform, "leaked"), CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}}
	must(t, store.CreateToken(t.Context(), n, audit.NewEntry(audit.TokenIssued, token.Principal{}, now)))
	check := func() error {
		_, err := here.Verify(t.Context(), secret.Reveal(), verify.Expect{})
		return err
	}
	must(t, check())

	must(t, node(nil).RevokePresented(t.Context(), token.Principal{}, n.Token))
	must(t, node(here.Apply).RevokePresented(t.Context(), token.Principal{}, n.Token))
	if err := check(); !errors.Is(err, token.ErrRevoked) {
		t.Errorf("after this node answered that it is revoked: %v, want %v", err, token.ErrRevoked)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
