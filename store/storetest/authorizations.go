package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func authorizationBehaviours() []behaviour {
	return []behaviour{
		{"an authorization is kept, claimed and answered once", authorizations},
		{"F-21: waiting authorizations are bounded", authorizationsBounded},
		{"of fifty answers at once one counts", answersAtOnce},
		{"F-04: a code is used once, and its second use ends what came out of it", codes},
		{"F-04: of fifty uses of a code at once one succeeds", codesAtOnce},
		{"PER-39: a code whose token cannot be created stays good", codesThatFail},
		{"PER-13: the fifth wrong attempt ends a code", codesFailed},
		{"F-05: a former refresh token ends its record", refreshes},
		{"F-05: of fifty uses of a refresh token at once one succeeds", refreshesAtOnce},
		{"authorizations that are of no use are forgotten", authorizationsSwept},
		{"a client is kept, bounded, found and removed with its grants", clients},
		{"G-02: one registrar leaves room for others", clientsOfOne},
		{"an access token is revoked by itself once", accessRevoked},
	}
}

const client = "0d9be3c0-3f2e-4c0f-9df8-6d5a0a0a0a01"

// question is a pending authorization of a browser, begun n minutes after start.
func question(browser string, n int, change ...func(*token.Authorization)) token.Authorization {
	id, _ := token.NewRefresh()
	at := start().Add(time.Duration(n) * time.Minute)
	a := token.Authorization{
		ID: id, Client: client, Browser: digestOf(browser), RedirectURI: "http://127.0.0.1/cb", State: "s", Nonce: "n",
		Challenge: "c", Scopes: token.Scopes{"openid", "offline_access"}, Status: token.AuthorizationPending,
		CreatedAt: at, ExpiresAt: at.Add(10 * time.Minute),
	}
	for _, f := range change {
		f(&a)
	}
	return a
}

func roomy() token.PendingBounds { return token.PendingBounds{PerBrowser: 100, InAll: 1000} }

// approved keeps an authorization of alice with a code.
func (r *rig) approved(code string) token.Authorization {
	r.Helper()
	a := question("browser of "+code, 0, func(a *token.Authorization) { a.User = alice })
	r.must(r.store.AddAuthorization(r.ctx, a, roomy()))
	r.must(r.store.AnswerAuthorization(r.ctx, yes(a, code), audit.NewEntry(audit.AuthorizationApproved, as(alice), start())))
	found, err := r.store.FindCode(r.ctx, digestOf(code))
	r.must(err)
	return found
}

func yes(a token.Authorization, code string) token.AuthorizationAnswer {
	return token.AuthorizationAnswer{
		ID: a.ID, Browser: a.Browser, User: alice, Approved: true, At: start(),
		Code: digestOf(code), CodeEndsAt: start().Add(time.Minute),
	}
}

// grant is the record that comes out of a code.
func grant() token.New {
	id, secret := token.NewRefresh()
	return token.New{
		Token: token.Token{
			ID: id, Family: token.FamilyID(id), Kind: token.KindRefresh, Name: client, Hint: id[:8], Owner: alice, Subject: alice,
			CreatedBy: alice, CreatedAt: start(), ExpiresAt: start().Add(30 * 24 * time.Hour),
		},
		Digest: digestOf(secret.Reveal()), Limits: token.Limits{Reuse: token.ReuseAlways},
	}
}

func (r *rig) redeem(code string, n token.New) (token.Token, error) {
	use := token.CodeUse{Code: digestOf(code), New: n, At: start()}
	return r.store.RedeemCode(r.ctx, use, audit.NewEntry(audit.TokenIssued, as(alice), start()).About(n.Token), as(alice))
}

func authorizations(r *rig) {
	a := question("b", 0)
	r.must(r.store.AddAuthorization(r.ctx, a, roomy()))
	found, err := r.store.FindAuthorization(r.ctx, a.ID)
	r.must(err)
	r.same("kept", found, a)
	_, err = r.store.FindAuthorization(r.ctx, "nobody")
	r.refused(err, token.ErrNotFound)
	r.refused(r.store.ClaimAuthorization(r.ctx, a.ID, digestOf("another"), alice, start()), token.ErrNotFound)
	r.must(r.store.ClaimAuthorization(r.ctx, a.ID, a.Browser, alice, start()))
	r.refused(r.store.ClaimAuthorization(r.ctx, a.ID, a.Browser, bob, start()), token.ErrNotFound)
	entry := audit.NewEntry(audit.AuthorizationApproved, as(alice), start())
	for _, change := range []func(*token.AuthorizationAnswer){
		func(y *token.AuthorizationAnswer) { y.User = bob },
		func(y *token.AuthorizationAnswer) { y.Browser = digestOf("another") },
		func(y *token.AuthorizationAnswer) { y.At = a.ExpiresAt },
	} {
		y := yes(a, "code")
		change(&y)
		r.refused(r.store.AnswerAuthorization(r.ctx, y, entry), token.ErrNotFound)
	}
	r.must(r.store.AnswerAuthorization(r.ctx, yes(a, "code"), entry))
	r.refused(r.store.AnswerAuthorization(r.ctx, yes(a, "other"), entry), token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.AuthorizationApproved}})), 1)
	m := question("b", 0, func(a *token.Authorization) {
		a.State, a.StateDigest, a.User = "", digestOf("state"), alice
		a.Wish = token.Wish{Name: "laptop", Scopes: token.Scopes{"catalog:read"}, ExpiresAt: start().Add(time.Hour)}
	})
	r.must(r.store.AddAuthorization(r.ctx, m, roomy()))
	found, err = r.store.FindMint(r.ctx, digestOf("state"))
	r.must(err)
	r.same("mint", found, m)
}

func authorizationsBounded(r *rig) {
	bounds := token.PendingBounds{PerBrowser: 2, InAll: 3}
	for _, row := range []struct {
		browser string
		minute  int
		want    error
	}{{"a", 0, nil}, {"a", 0, nil}, {"a", 0, token.ErrLimited}, {"b", 0, nil}, {"c", 0, token.ErrLimited}, {"a", 10, nil}} {
		err := r.store.AddAuthorization(r.ctx, question(row.browser, row.minute), bounds)
		if !errors.Is(err, row.want) {
			r.Errorf("browser %s at minute %d: %v, want %v", row.browser, row.minute, err, row.want)
		}
	}
}

// atOnceOf runs try fifty times at once and gives how often it succeeded.
func atOnceOf(try func(i int) error) int64 {
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if try(i) == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	return won.Load()
}

func answersAtOnce(r *rig) {
	a := question("b", 0, func(a *token.Authorization) { a.User = alice })
	r.must(r.store.AddAuthorization(r.ctx, a, roomy()))
	r.same("answers", atOnceOf(func(i int) error {
		return r.store.AnswerAuthorization(r.ctx, yes(a, fmt.Sprint("code ", i)), audit.NewEntry(audit.AuthorizationApproved, as(alice), start()))
	}), int64(1))
}

func codes(r *rig) {
	r.approved("code")
	n := grant()
	_, err := r.redeem("another", grant())
	r.refused(err, token.ErrNotFound)
	_, err = r.redeem("code", n)
	r.must(err)
	found, err := r.store.FindByDigest(r.ctx, n.Digest)
	r.must(err)
	r.same("record", found, n.Token)
	ended, err := r.redeem("code", grant())
	r.refused(err, token.ErrReplayed)
	r.same("ended", ended.ID, n.Token.ID)
	found, err = r.store.FindToken(r.ctx, n.Token.ID)
	r.must(err)
	r.same("revoked", found.RevokedAt, start())
	_, err = r.redeem("code", grant())
	r.refused(err, token.ErrReplayed)
	for _, action := range []audit.Action{audit.CodeReplayed, audit.TokenRevoked, audit.TokenIssued} {
		r.same(string(action), len(r.history(audit.Query{Actions: []audit.Action{action}})), 1)
	}
}

func codesAtOnce(r *rig) {
	r.approved("code")
	r.same("uses", atOnceOf(func(int) error { _, err := r.redeem("code", grant()); return err }), int64(1))
	r.same("issued", len(r.history(audit.Query{Actions: []audit.Action{audit.TokenIssued}})), 1)
}

func codesThatFail(r *rig) {
	n := grant()
	r.approved("first")
	_, err := r.redeem("first", n)
	r.must(err)
	r.approved("second")
	twin := grant()
	twin.Digest = n.Digest
	_, err = r.redeem("second", twin)
	r.refused(err, token.ErrExists)
	_, err = r.redeem("second", grant())
	r.must(err)
}

func codesFailed(r *rig) {
	r.approved("code")
	for range 5 {
		r.must(r.store.FailCode(r.ctx, digestOf("code")))
	}
	found, err := r.store.FindCode(r.ctx, digestOf("code"))
	r.must(err)
	r.same("status", found.Status, token.AuthorizationEnded)
	_, err = r.redeem("code", grant())
	r.refused(err, token.ErrNotFound)
}

// present presents a refresh token of a record.
func (r *rig) present(n token.New, presented, next string) (token.Token, error) {
	use := token.RefreshUse{Presented: digestOf(presented), Rotation: token.Rotation{
		TokenID: n.Token.ID, Digest: digestOf(next), Hint: n.Token.Hint, At: start(), OverlapEndsAt: start(),
	}}
	return r.store.ReplaceRefresh(r.ctx, use, audit.NewEntry(audit.TokenRotated, as(alice), start()).About(n.Token), as(alice))
}

func (r *rig) granted() token.New {
	r.Helper()
	r.approved("code")
	n := grant()
	n.Digest = digestOf("first")
	_, err := r.redeem("code", n)
	r.must(err)
	return n
}

func refreshes(r *rig) {
	n := r.granted()
	_, err := r.present(n, "another", "x")
	r.refused(err, token.ErrNotFound)
	_, err = r.present(n, "first", "second")
	r.must(err)
	_, err = r.present(n, "second", "third")
	r.must(err)
	ended, err := r.present(n, "first", "fourth")
	r.refused(err, token.ErrRotated)
	r.same("ended", ended.ID, n.Token.ID)
	_, err = r.present(n, "third", "fifth")
	r.refused(err, token.ErrAlreadyRevoked)
	r.same("reused", len(r.history(audit.Query{Actions: []audit.Action{audit.TokenReused}})), 1)
}

func refreshesAtOnce(r *rig) {
	n := r.granted()
	r.same("uses", atOnceOf(func(i int) error { _, err := r.present(n, "first", fmt.Sprint("next ", i)); return err }), int64(1))
	found, err := r.store.FindToken(r.ctx, n.Token.ID)
	r.must(err)
	r.same("ended with the second use", found.RevokedAt, start())
}

func authorizationsSwept(r *rig) {
	r.granted()
	r.must(r.store.AddAuthorization(r.ctx, question("b", 0), roomy()))
	for _, row := range []struct {
		after time.Duration
		want  int
	}{{10 * time.Minute, 0}, {time.Hour, 1}, {time.Hour, 0}, {25 * time.Hour, 1}} {
		n, err := r.store.SweepAuthorizations(r.ctx, start().Add(row.after), 100)
		r.must(err)
		r.same(row.after.String(), n, row.want)
	}
}

func clients(r *rig) {
	c := token.Client{
		ID: client, Name: "An app", Secret: digestOf("secret"), RedirectURIs: []string{"https://a.example/cb", "http://127.0.0.1/cb"},
		Refresh: true, Scopes: token.Scopes{"openid"}, CreatedBy: admin().Ref, CreatedAt: start(), ExpiresAt: start().Add(time.Hour),
	}
	added := audit.NewEntry(audit.ClientAdded, admin(), start())
	one := token.ClientLimits{InAll: 1, PerRegistrar: 2}
	r.must(r.store.AddClient(r.ctx, c, one, added))
	r.refused(r.store.AddClient(r.ctx, token.Client{ID: "2", CreatedAt: start()}, one, added), token.ErrLimited)
	found, err := r.store.FindClient(r.ctx, client)
	r.must(err)
	r.same("client", found, c)
	r.must(r.store.TouchClient(r.ctx, client, start(), start().Add(2*time.Hour)))
	n, err := r.store.SweepClients(r.ctx, start().Add(time.Hour), 100)
	r.must(err)
	r.same("swept", n, 0)
	g := r.granted()
	r.must(r.store.RemoveClient(r.ctx, client, audit.NewEntry(audit.ClientRemoved, admin(), start())))
	_, err = r.store.FindClient(r.ctx, client)
	r.refused(err, token.ErrNotFound)
	record, err := r.store.FindToken(r.ctx, g.Token.ID)
	r.must(err)
	r.same("grant", record.RevokedAt, start())
	record, err = r.store.FindByDigest(r.ctx, g.Digest)
	r.must(err)
	r.same("grant by its digest", record.RevokedAt, start())
	for _, want := range []int{1, 0} {
		n, err := r.store.EndGrants(r.ctx, start(), 100)
		r.must(err)
		r.same("ended", n, want)
	}
	written := r.find(g.Token.ID)
	record.SecretEndsAt = written.SecretEndsAt
	r.same("grant that says it itself", written, record)
	r.same("entries of the grant", len(r.history(audit.Query{TokenID: g.Token.ID, Actions: []audit.Action{audit.TokenRevoked}})), 1)
}

// Of fifty registrations at once by one registrar as many are kept as one may have;
// those of others go on, and so do those of nobody known.
func clientsOfOne(r *rig) {
	limits := token.ClientLimits{InAll: 8, PerRegistrar: 3}
	add := func(by, id string) error {
		c := token.Client{ID: id, RedirectURIs: []string{"https://a.example/cb"}, CreatedBy: by, CreatedAt: start()}
		return r.store.AddClient(r.ctx, c, limits, audit.NewEntry(audit.ClientAdded, admin(), start()))
	}
	for _, by := range []string{admin().Ref, ""} {
		r.oneWins(parallel(50, func(i int) error { return add(by, fmt.Sprint(by, i)) }), limits.PerRegistrar, token.ErrQuota)
	}
	r.must(add(alice, "7"))
	r.must(add(alice, "8"))
	r.refused(add(alice, "9"), token.ErrLimited)
}

func accessRevoked(r *rig) {
	entry := audit.NewEntry(audit.AccessTokenRevoked, as(alice), start())
	for range 2 {
		r.must(r.store.RevokeAccess(r.ctx, "jti", start().Add(time.Minute), entry))
		revoked, err := r.store.IsRevoked(r.ctx, "jti")
		r.must(err)
		r.same("revoked", revoked, true)
	}
	revoked, err := r.store.IsRevoked(r.ctx, "another")
	r.must(err)
	r.same("another", revoked, false)
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.AccessTokenRevoked}})), 1)
}
