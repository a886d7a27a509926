package server_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenwright/tokenwright/internal/server"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// filled is an installation that was stopped, and what must be answered of it.
type filled struct {
	data string
	good map[string]token.Token // by secret
	bad  map[string]string      // why not, by secret
}

// fill makes an installation with tokens in every state.
func fillInstallation(t *testing.T) filled {
	t.Helper()
	s := tokentest.Start(t, tokentest.WithPublicURL(oneURL))
	f := filled{s.Data, map[string]token.Token{}, map[string]string{}}
	ctx, kind := context.WithoutCancel(t.Context()), token.KindService
	for i := range 12 {
		for state, end := range map[string]func(token.Issued){
			"good":    nil,
			"revoked": s.Revoke,
			"rotated": func(one token.Issued) { s.Rotate(one, 0) },
			"disabled": func(one token.Issued) {
				if _, err := s.Authority().Disable(ctx, tokentest.Admin(), kind, one.Token.ID); err != nil {
					t.Fatal(err)
				}
			},
		} {
			one := s.Issue(platform, fmt.Sprintf("%s-%d", state, i), "catalog:read")
			if end == nil {
				f.good[one.Secret.Reveal()] = one.Token
				continue
			}
			end(one)
			f.bad[one.Secret.Reveal()] = state
		}
		marked := s.Issue("group:default/data", fmt.Sprintf("marked-%d", i), "catalog:read")
		f.bad[marked.Secret.Reveal()] = "revoked by a mark"
	}
	s.RevokeOwner("group:default/data")
	elsewhere := tokentest.Start(t)
	for i := range 4 {
		f.bad[elsewhere.Issue(platform, fmt.Sprintf("never-%d", i), "catalog:read").Secret.Reveal()] = "never issued here"
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	return f
}

// Row K-05: bytes that change on the disk are noticed at the start, or do no
// harm, or make the answer that it is not known: never one that is wrong.
func TestFlippedBytesNeverMakeAWrongAnswer(t *testing.T) {
	flips := 320
	if testing.Short() {
		flips = 40
	}
	whole := fillInstallation(t)
	clean, err := os.ReadFile(filepath.Join(whole.data, "tokenwright.db"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(whole.data, server.KeyFileName))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(20, 26))
	refused := 0
	for i := range flips {
		damaged := bytes.Clone(clean)
		at, by := random.IntN(len(damaged)), byte(1+random.IntN(255))
		damaged[at] ^= by
		data := newData(t)
		for name, content := range map[string][]byte{"tokenwright.db": damaged, server.KeyFileName: key} {
			if err := os.MkdirAll(data, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(data, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := server.New(t.Context(), configure(t, map[string]string{"data": data, "public-url": oneURL}),
			server.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			refused++
			continue
		}
		whole.ask(t, s.Verifier(), fmt.Sprintf("flip %d: byte %d by %#x", i, at, by))
		ended, end := context.WithCancel(t.Context())
		end()
		_ = s.Serve(ended) // a damaged database need not close well
	}
	t.Logf("%d of %d damaged files of %d bytes were refused at the start", refused, flips, len(clean))
	if refused == 0 {
		t.Error("no damaged file was refused")
	}
}

// ask compares every answer with what it must be: all that is said of a token,
// or that nothing is known of it. A good token may be refused for that, as
// unavailable or, when the index does not lead to it any more, as unknown.
func (f filled) ask(t *testing.T, verifier *verify.Verifier, what string) {
	t.Helper()
	for secret, why := range f.bad {
		if _, err := verifier.Verify(t.Context(), secret, verify.Expect{}); err == nil {
			t.Errorf("%s: accepted a token that is %s", what, why)
		}
	}
	for secret, want := range f.good {
		got, err := verifier.Verify(t.Context(), secret, verify.Expect{})
		switch {
		case err != nil:
			t.Logf("%s: refused a good token: %v", what, err)
		case got.TokenID() != want.ID || got.Kind() != want.Kind || got.Owner() != want.Owner || !got.ExpiresAt().Equal(want.ExpiresAt),
			got.Subject() != want.Subject, got.ScopeString() != want.Scopes.String():
			t.Errorf("%s: a good token speaks for %q as %q with %q until %s",
				what, got.Owner(), got.Subject(), got.ScopeString(), got.ExpiresAt())
		}
	}
}
