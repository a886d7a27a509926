package postgres_test

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

// BenchmarkFindByDigest sets the look-up of a cold verification beside the
// same look-up by the driver alone.
func BenchmarkFindByDigest(b *testing.B) {
	address := migrated(b, pgtest.Start(b))
	s := storeOn(b, address)
	digests := make([]token.Digest, 10_000)
	issueAll(b, s, digests)

	b.Run("store", func(b *testing.B) {
		for i := range b.N {
			if _, err := s.FindByDigest(b.Context(), digests[i%len(digests)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("pgx", func(b *testing.B) {
		conn, err := pgx.Connect(b.Context(), address)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close(b.Context())
		var id, owner string
		for i := range b.N {
			err := conn.QueryRow(b.Context(), "SELECT t.id, t.owner FROM secrets s JOIN tokens t ON t.id = s.token_id WHERE s.digest = $1",
				digests[i%len(digests)][:]).Scan(&id, &owner)
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkIssue sets a token with its digest and its entry beside one durable
// insert, with one writer and with sixteen.
func BenchmarkIssue(b *testing.B) {
	cluster := pgtest.New(b, pgtest.Options{Durable: true})
	address := migrated(b, cluster)
	s := storeOn(b, address)
	pool, err := pgxpool.New(b.Context(), address+"&pool_max_conns=16")
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(b.Context(), "CREATE TABLE plain (id TEXT PRIMARY KEY, body BYTEA)"); err != nil {
		b.Fatal(err)
	}
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("store/%d", writers), func(b *testing.B) {
			spread(b, writers, func(n int) error {
				issued, entry := newToken(n)
				return s.CreateToken(b.Context(), issued, entry)
			})
		})
		b.Run(fmt.Sprintf("pgx/%d", writers), func(b *testing.B) {
			body := make([]byte, 300)
			spread(b, writers, func(int) error {
				_, err := pool.Exec(b.Context(), "INSERT INTO plain VALUES ($1, $2)", token.NewID(), body)
				return err
			})
		})
	}
}

// spread runs do b.N times by so many goroutines.
func spread(b *testing.B, writers int, do func(n int) error) {
	b.Helper()
	var next sync.WaitGroup
	numbers := make(chan int)
	for range writers {
		next.Go(func() {
			for n := range numbers {
				if err := do(n); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for n := range b.N {
		numbers <- n
	}
	close(numbers)
	next.Wait()
}

func issueAll(b *testing.B, s *store.Store, digests []token.Digest) {
	b.Helper()
	for i := range digests {
		n, e := newToken(i)
		if err := s.CreateToken(b.Context(), n, e); err != nil {
			b.Fatal(err)
		}
		digests[i] = n.Digest
	}
}

// newToken is a token of one of a hundred owners, as a surface issues it.
func newToken(n int) (token.New, audit.Entry) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	t := token.Token{
		ID: token.NewID(), Family: token.FamilyID(token.NewID()), Kind: token.KindService,
		Name: rand.Text(), Description: "nightly build", Hint: "bsat_A1b2C3d",
		Owner: fmt.Sprintf("group:default/team-%d", n%100), Subject: "service-token:team:build",
		Scopes:    token.Scopes{"catalog:read", "catalog:write", "scaffolder:execute"},
		CreatedBy: "user:default/ann", CreatedAt: now, ExpiresAt: now.AddDate(0, 3, 0),
	}
	return token.New{
		Token: t, Digest: sha256.Sum256([]byte(t.ID)),
		Limits: token.Limits{Reuse: token.ReuseAfterRevocation},
	}, audit.NewEntry(audit.TokenIssued, token.Principal{Ref: t.CreatedBy}, now).About(t)
}
