package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

const (
	origin   = "storetest.example/log"
	platform = "group:default/platform"
	data     = "group:default/data"
	alice    = "user:default/alice"
	bob      = "user:default/bob"
)

// start is when every behaviour begins.
func start() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 123456000, time.UTC) }

// admin is who acts in the suite.
func admin() token.Principal {
	return token.Principal{Type: token.PrincipalUser, Ref: "user:default/admin", RequestID: "r-1", Address: "192.0.2.1"}
}

// rig is a store and what a behaviour needs to use it.
type rig struct {
	*testing.T

	ctx    context.Context
	store  *store.Store
	sealer sealer
	keys   note.Verifiers
}

func newRig(t *testing.T, s *store.Store) *rig {
	t.Helper()
	r := &rig{T: t, ctx: t.Context(), store: s}
	r.sealer, r.keys = newSealer(t)
	r.must(s.NameLog(r.ctx, origin))
	return r
}

// sealer signs checkpoints with a key of its own.
type sealer struct{ signer note.Signer }

func newSealer(t *testing.T) (sealer, note.Verifiers) {
	t.Helper()
	private, public, err := note.GenerateKey(nil, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return sealer{signer}, note.VerifierList(verifier)
}

// Seal implements audit.Sealer.
func (s sealer) Seal(text string, _ []token.KeyRecord) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, s.signer)
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// refused fails unless err means want.
func (r *rig) refused(err, want error) {
	r.Helper()
	if !errors.Is(err, want) {
		r.Fatalf("error is %v, want %v", err, want)
	}
}

// same fails unless both are equal.
func (r *rig) same(what string, got, want any) {
	r.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		r.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// draft is a new service token of the platform group, good for 90 days. The
// options change it before it is stored.
func draft(name string, change ...func(*token.New)) token.New {
	id := token.NewID()
	n := token.New{
		Token: token.Token{
			ID: id, Family: token.FamilyID(id), Kind: token.KindService, Name: name,
			Description: "for " + name, Hint: "bsat_" + id[len(id)-7:], Owner: platform,
			Scopes: token.Scopes{"read:catalog", "write:catalog"}, CreatedBy: admin().Ref,
			CreatedAt: start(), ExpiresAt: start().Add(90 * 24 * time.Hour),
		},
		Digest: digestOf(id),
		Limits: token.Limits{Reuse: token.ReuseNever},
	}
	for _, f := range change {
		f(&n)
	}
	n.Token.Subject = token.ServiceSubject(n.Token.Owner, n.Token.Name)
	return n
}

// digestOf stands in for the digest of a secret.
func digestOf(s string) token.Digest { return sha256.Sum256([]byte(s)) }

func entryAbout(action audit.Action, t token.Token, at time.Time) audit.Entry {
	return audit.NewEntry(action, admin(), at).About(t)
}

// create stores a draft.
func (r *rig) create(n token.New) error {
	return r.store.CreateToken(r.ctx, n, entryAbout(audit.TokenIssued, n.Token, n.Token.CreatedAt))
}

// issued stores a draft and gives its record.
func (r *rig) issued(name string, change ...func(*token.New)) token.Token {
	r.Helper()
	n := draft(name, change...)
	r.must(r.create(n))
	return n.Token
}

func (r *rig) find(id string) token.Token {
	r.Helper()
	t, err := r.store.FindToken(r.ctx, id)
	r.must(err)
	return t
}

func (r *rig) revoke(t token.Token, reason string, at time.Time) (token.Token, error) {
	e := entryAbout(audit.TokenRevoked, t, at)
	e.Reason = reason
	return r.store.RevokeToken(r.ctx, token.Revocation{TokenID: t.ID, By: admin().Ref, Reason: reason, At: at}, e)
}

func (r *rig) setDisabled(t token.Token, disabled bool, at time.Time) (token.Token, error) {
	action := audit.TokenEnabled
	if disabled {
		action = audit.TokenDisabled
	}
	return r.store.SetDisabled(r.ctx, t.ID, disabled, entryAbout(action, t, at))
}

// history gives all entries, newest first.
func (r *rig) history(q audit.Query) []audit.Entry {
	r.Helper()
	if q.Limit == 0 {
		q.Limit = 10_000
	}
	page, err := r.store.ListEntries(r.ctx, q)
	r.must(err)
	return page.Entries
}

// sequence gives all committed entries their positions.
func (r *rig) sequence() {
	r.Helper()
	for {
		n, err := r.store.Sequence(r.ctx, r.sealer, 100)
		r.must(err)
		if n == 0 {
			return
		}
	}
}

// parallel runs n calls at once and gives their errors.
func parallel(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-begin
			errs[i] = call(i)
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return errs
}

// oneWins fails unless exactly won errors are nil and the others mean want.
func (r *rig) oneWins(errs []error, won int, want error) {
	r.Helper()
	n := 0
	for i, err := range errs {
		switch {
		case err == nil:
			n++
		case !errors.Is(err, want):
			r.Fatalf("call %d: %v, want %v", i, err, want)
		}
	}
	if n != won {
		r.Fatalf("%d of %d calls succeeded, want %d", n, len(errs), won)
	}
}

func numbered(prefix string, i int) string { return fmt.Sprintf("%s-%03d", prefix, i) }
