package server_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

const platform = "group:default/platform"

// check verifies a token on a node without any demand.
func check(node *tokentest.Server, issued token.Issued) error {
	_, err := node.Verifier().Verify(context.Background(), issued.Secret.Reveal(), verify.Expect{})
	return err
}

// until waits for a condition and gives how long that took.
func until(t *testing.T, limit time.Duration, what string, condition func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !condition() {
		if time.Since(began) > limit {
			t.Fatalf("%s: not within %s", what, limit)
		}
		<-time.After(time.Millisecond)
	}
	return time.Since(began)
}

// twoNodes starts two nodes on one database; the second reaches it by a URL of
// its own.
func twoNodes(t *testing.T, urlA, urlB string, opts ...tokentest.Option) (a, b *tokentest.Server) {
	t.Helper()
	a = tokentest.Start(t, append(slices.Clone(opts), tokentest.WithDatabase(urlA))...)
	b = tokentest.Start(t, append(slices.Clone(opts), tokentest.WithDatabase(urlB), tokentest.WithKeyOf(a))...)
	return a, b
}

func TestATokenRevokedOnOneNodeIsRefusedOnTheOtherWithinTwoSeconds(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url)
	const pairs = 60
	var took []time.Duration
	for i := range pairs {
		from, to := a, b
		if i%2 == 1 {
			from, to = b, a
		}
		issued := from.Issue(platform, fmt.Sprintf("pair-%d", i), "catalog:read")
		for range 2 { // the second time from the cache
			if err := check(to, issued); err != nil {
				t.Fatalf("pair %d: a good token is refused: %v", i, err)
			}
		}
		from.Revoke(issued)
		if err := check(from, issued); !errors.Is(err, token.ErrRevoked) {
			t.Fatalf("pair %d: the node that revoked answers %v", i, err)
		}
		took = append(took, until(t, 2*time.Second, "refused on the other node", func() bool {
			return errors.Is(check(to, issued), token.ErrRevoked)
		}))
	}
	slices.Sort(took)
	t.Logf("revoked on one node, refused on the other: median %s, longest %s", took[len(took)/2], took[len(took)-1])
}

func TestAMassRevocationIsRefusedOnTheOtherNode(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url)
	var issued []token.Issued
	for i := range 5 {
		issued = append(issued, a.Issue(platform, fmt.Sprintf("one-of-many-%d", i), "catalog:read"))
		if err := check(b, issued[i]); err != nil {
			t.Fatal(err)
		}
	}
	a.RevokeOwner(platform)
	for _, one := range issued {
		until(t, 2*time.Second, "refused on the other node", func() bool {
			return errors.Is(check(b, one), token.ErrRevoked)
		})
	}
	again := a.Issue(platform, "after", "catalog:read")
	if err := check(b, again); err != nil {
		t.Errorf("a token issued after the mass revocation is refused: %v", err)
	}
}

func TestARotatedSecretEndsOnTheOtherNode(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url)
	former := a.Issue(platform, "rotated", "catalog:read")
	if err := check(b, former); err != nil {
		t.Fatal(err)
	}
	next := a.Rotate(former, 0)
	until(t, 2*time.Second, "the former secret is refused", func() bool {
		return errors.Is(check(b, former), token.ErrRotated)
	})
	if err := check(b, next); err != nil {
		t.Errorf("the new secret is refused: %v", err)
	}
}

func TestARoleGivenOnOneNodeCountsOnTheOther(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url)
	alice := b.UserToken("user:default/alice")
	if status := get(t, b, "/api/access-tokens/service", alice); status != 403 {
		t.Fatalf("without a role: %d", status)
	}
	local(t, a, "POST", "/api/admin/v1/roles/grant", `{"ref":"user:default/alice","role":"auditor"}`)
	until(t, 2*time.Second, "the role counts", func() bool {
		return get(t, b, "/api/access-tokens/service", alice) == 200
	})
	local(t, a, "POST", "/api/admin/v1/roles/withdraw", `{"ref":"user:default/alice","role":"auditor"}`)
	until(t, 2*time.Second, "the withdrawn role counts no more", func() bool {
		return get(t, b, "/api/access-tokens/service", alice) == 403
	})
}

func TestWithoutWakeUpsARevocationIsRefusedWithinFiveSeconds(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a, b := twoNodes(t, url, url)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for i := range 5 {
		issued := a.Issue(platform, fmt.Sprintf("unheard-%d", i), "catalog:read")
		if err := check(b, issued); err != nil {
			t.Fatal(err)
		}
		until(t, 5*time.Second, "a connection that listens was ended", func() bool { // they come back by and by
			var ended int
			err := db.QueryRowContext(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE 'listen%'`).Scan(&ended)
			if err != nil {
				t.Fatal(err)
			}
			return ended > 0
		})
		a.Revoke(issued)
		until(t, 5*time.Second, "refused on the other node", func() bool {
			return errors.Is(check(b, issued), token.ErrRevoked)
		})
	}
}

func TestANodeThatIsCutOffStopsTrustingItsCache(t *testing.T) {
	const lease = 2 * time.Second
	direct := database(t, pgtest.Start(t))
	wire, through := newCable(t, direct)
	a, b := twoNodes(t, direct, through, tokentest.WithConfig("verify: {lease: 2s}"))
	issued := a.Issue(platform, "cut-off", "catalog:read")
	if err := check(b, issued); err != nil {
		t.Fatal(err)
	}

	wire.Cut()
	a.Revoke(issued)
	revoked := time.Now()
	accepted := time.Now()
	until(t, 30*time.Second, "the cache is not trusted any more", func() bool {
		err := check(b, issued)
		if err == nil {
			accepted = time.Now()
		}
		return errors.Is(err, token.ErrUnavailable)
	})
	if longest := accepted.Sub(revoked); longest > lease {
		t.Errorf("accepted %s after its revocation, the lease is %s", longest, lease)
	}
	b.WaitStatus("/readyz", 503)

	wire.Mend()
	until(t, 10*time.Second, "the node hears the log again and refuses", func() bool {
		return errors.Is(check(b, issued), token.ErrRevoked)
	})
	b.WaitReady()
}
