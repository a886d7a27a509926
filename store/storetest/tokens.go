package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func tokenBehaviours() []behaviour {
	return []behaviour{
		{"a created token is found as it was created, by id and by digest", createdIsFound},
		{"an unknown id and an unknown digest are not found", unknownIsNotFound},
		{"a digest that exists is refused and nothing of the second token is kept", digestExists},
		{"a rotation replaces the secret and leaves the former one its overlap", rotationOverlap},
		{"a second rotation ends the older overlap at once", rotationTwice},
		{"a rotation without overlap ends the former secret at once", rotationAtOnce},
		{"a former secret can be ended before its overlap is over", formerEnded},
		{"a rotation may move the expiry", rotationExpiry},
		{"a token that has ended is not rotated", rotationRefused},
		{"a second revocation keeps the first time and actor", revokedOnce},
		{"of fifty revocations at once one succeeds", revokedAtOnce},
		{"a token is disabled and enabled; the same again changes nothing", disabledAndEnabled},
		{"a revoked token is neither disabled nor enabled", revokedIsNotDisabled},
		{"the last use moves forward and never backward", touchedForward},
		{"a change whose entry cannot be written does not happen", entryFails},
		{"a change of an unknown token is not found and leaves no entry", changeOfUnknown},
	}
}

func createdIsFound(r *rig) {
	n := draft("ci", func(n *token.New) {
		n.Token.Workspace = "acme"
		n.Token.Description = "Deploys Ünïcode ✓\nsecond line"
	})
	r.must(r.create(n))
	r.same("record by id", r.find(n.Token.ID), n.Token)
	got, err := r.store.FindByDigest(r.ctx, n.Digest)
	r.must(err)
	r.same("record by digest", got, n.Token)
}

func unknownIsNotFound(r *rig) {
	n := draft("ci")
	r.must(r.create(n))
	_, err := r.store.FindToken(r.ctx, token.NewID())
	r.refused(err, token.ErrNotFound)
	for i := range n.Digest {
		wrong := n.Digest
		wrong[i] ^= 1
		_, err = r.store.FindByDigest(r.ctx, wrong)
		r.refused(err, token.ErrNotFound)
	}
}

func digestExists(r *rig) {
	first := draft("first")
	r.must(r.create(first))
	second := draft("second", func(n *token.New) { n.Digest = first.Digest })
	r.refused(r.create(second), token.ErrExists)
	_, err := r.store.FindToken(r.ctx, second.Token.ID)
	r.refused(err, token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{})), 1)
}

// rotate gives a token a new secret and returns the digest of it.
func (r *rig) rotate(t token.Token, secret string, at time.Time, overlap time.Duration) (token.Token, error) {
	return r.store.RotateToken(r.ctx, token.Rotation{
		TokenID: t.ID, Digest: digestOf(secret), Hint: "bsat_" + secret, At: at, OverlapEndsAt: at.Add(overlap),
	}, entryAbout(audit.TokenRotated, t, at))
}

// checkSecret asks whether a secret of this digest is good at an instant.
func (r *rig) checkSecret(d token.Digest, at time.Time, want error) {
	r.Helper()
	t, err := r.store.FindByDigest(r.ctx, d)
	r.must(err)
	if got := t.Check(at); got != want { //nolint:errorlint // Check gives the reason itself
		r.Fatalf("secret at %s: %v, want %v", at.Format(time.RFC3339), got, want)
	}
}

func rotationOverlap(r *rig) {
	n := draft("ci")
	r.must(r.create(n))
	at := start().Add(time.Hour)
	rotated, err := r.rotate(n.Token, "2", at, 10*time.Minute)
	r.must(err)
	want := n.Token
	want.Hint = "bsat_2"
	r.same("rotated record", rotated, want)
	r.checkSecret(digestOf("2"), at, nil)
	r.checkSecret(n.Digest, at.Add(10*time.Minute-time.Microsecond), nil)
	r.checkSecret(n.Digest, at.Add(10*time.Minute), token.ErrRotated)
}

func rotationTwice(r *rig) {
	n := draft("ci")
	r.must(r.create(n))
	at := start().Add(time.Hour)
	_, err := r.rotate(n.Token, "2", at, time.Hour)
	r.must(err)
	later := at.Add(time.Minute)
	_, err = r.rotate(n.Token, "3", later, time.Hour)
	r.must(err)
	r.checkSecret(n.Digest, later, token.ErrRotated)
	r.checkSecret(n.Digest, at, token.ErrRotated) // by the clock of a node that is behind
	r.checkSecret(digestOf("2"), later.Add(time.Hour-time.Microsecond), nil)
	r.checkSecret(digestOf("3"), later.Add(24*time.Hour), nil)
}

func rotationAtOnce(r *rig) {
	n := draft("ci")
	r.must(r.create(n))
	at := start().Add(time.Hour)
	_, err := r.rotate(n.Token, "2", at, -time.Hour)
	r.must(err)
	r.checkSecret(n.Digest, at, token.ErrRotated)
	r.checkSecret(n.Digest, start().Add(time.Minute), token.ErrRotated) // by the clock of a node that is behind
}

func formerEnded(r *rig) {
	n := draft("ci")
	r.must(r.create(n))
	at := start().Add(time.Hour)
	_, err := r.rotate(n.Token, "2", at, time.Hour)
	r.must(err)
	found, err := r.store.FindByDigest(r.ctx, n.Digest)
	r.must(err)
	entry := func() audit.Entry { return entryAbout(audit.SecretEnded, n.Token, at) }
	r.must(r.store.EndFormerSecret(r.ctx, found, entry()))
	r.checkSecret(n.Digest, at, token.ErrRotated)
	r.checkSecret(digestOf("2"), at, nil)
	r.refused(r.store.EndFormerSecret(r.ctx, found, entry()), token.ErrNotFound)
	// What was seen of one secret ends no other.
	_, err = r.rotate(n.Token, "3", at.Add(time.Minute), time.Hour)
	r.must(err)
	r.refused(r.store.EndFormerSecret(r.ctx, found, entry()), token.ErrNotFound)
	r.checkSecret(digestOf("2"), at.Add(time.Minute), nil)
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.SecretEnded}})), 1)
}

func rotationExpiry(r *rig) {
	t := r.issued("ci")
	expires := start().Add(365 * 24 * time.Hour)
	rotated, err := r.store.RotateToken(r.ctx, token.Rotation{
		TokenID: t.ID, Digest: digestOf("2"), Hint: "bsat_2", At: start(), OverlapEndsAt: start(), ExpiresAt: expires,
	}, entryAbout(audit.TokenRotated, t, start()))
	r.must(err)
	r.same("expiry", rotated.ExpiresAt, expires)
	r.same("expiry as stored", r.find(t.ID).ExpiresAt, expires)
}

func rotationRefused(r *rig) {
	revoked, disabled, expired := r.issued("revoked"), r.issued("disabled"), r.issued("expired")
	_, err := r.revoke(revoked, "gone", start())
	r.must(err)
	_, err = r.setDisabled(disabled, true, start())
	r.must(err)
	entries := len(r.history(audit.Query{}))
	_, err = r.rotate(revoked, "2", start(), 0)
	r.refused(err, token.ErrAlreadyRevoked)
	_, err = r.rotate(disabled, "3", start(), 0)
	r.refused(err, token.ErrIsDisabled)
	_, err = r.rotate(expired, "4", expired.ExpiresAt, 0)
	r.refused(err, token.ErrHasExpired)
	r.same("entries", len(r.history(audit.Query{})), entries)
	_, err = r.store.FindByDigest(r.ctx, digestOf("2"))
	r.refused(err, token.ErrNotFound)
}

func revokedOnce(r *rig) {
	t := r.issued("ci")
	first, err := r.revoke(t, "leaked", start().Add(time.Hour))
	r.must(err)
	want := t
	want.RevokedAt, want.RevokedBy = start().Add(time.Hour), admin().Ref
	r.same("revoked record", first, want)
	_, err = r.revoke(t, "again", start().Add(2*time.Hour))
	r.refused(err, token.ErrAlreadyRevoked)
	r.same("record after the second", r.find(t.ID), want)
	entries := r.history(audit.Query{TokenID: t.ID, Actions: []audit.Action{audit.TokenRevoked}})
	r.same("revocations in the log", len(entries), 1)
	r.same("reason in the log", entries[0].Reason, "leaked")
}

func revokedAtOnce(r *rig) {
	t := r.issued("ci")
	errs := parallel(50, func(i int) error {
		_, err := r.revoke(t, numbered("reason", i), start().Add(time.Duration(i)*time.Second))
		return err
	})
	r.oneWins(errs, 1, token.ErrAlreadyRevoked)
	entries := r.history(audit.Query{TokenID: t.ID, Actions: []audit.Action{audit.TokenRevoked}})
	r.same("revocations in the log", len(entries), 1)
	r.same("time in the record", r.find(t.ID).RevokedAt, entries[0].At)
}

func disabledAndEnabled(r *rig) {
	t := r.issued("ci")
	at := start().Add(time.Minute)
	disabled, err := r.setDisabled(t, true, at)
	r.must(err)
	r.same("disabled at", disabled.DisabledAt, at)
	again, err := r.setDisabled(t, true, at.Add(time.Hour))
	r.must(err)
	r.same("disabled again", again, disabled)
	enabled, err := r.setDisabled(t, false, at.Add(2*time.Hour))
	r.must(err)
	r.same("enabled", enabled, t)
	r.same("entries", len(r.history(audit.Query{TokenID: t.ID})), 3)
}

func revokedIsNotDisabled(r *rig) {
	t := r.issued("ci")
	_, err := r.revoke(t, "", start())
	r.must(err)
	_, err = r.setDisabled(t, true, start())
	r.refused(err, token.ErrAlreadyRevoked)
	_, err = r.setDisabled(t, false, start())
	r.refused(err, token.ErrAlreadyRevoked)
}

func touchedForward(r *rig) {
	first, second := r.issued("first"), r.issued("second")
	later := start().Add(time.Hour)
	r.must(r.store.TouchTokens(r.ctx, map[string]time.Time{first.ID: later, "unknown": later}))
	r.must(r.store.TouchTokens(r.ctx, map[string]time.Time{first.ID: later.Add(-time.Minute), second.ID: start()}))
	r.same("first", r.find(first.ID).LastUsedAt, later)
	r.same("second", r.find(second.ID).LastUsedAt, start())
	r.must(r.store.TouchTokens(r.ctx, nil))

	many := make(map[string]time.Time, 1201)
	for range 1200 {
		many[token.NewID()] = later
	}
	many[second.ID] = later.Add(time.Second)
	r.must(r.store.TouchTokens(r.ctx, many))
	r.same("second of many", r.find(second.ID).LastUsedAt, later.Add(time.Second))
}

// entryFails writes an entry whose id exists: the last step of the
// transaction fails, so none of its steps may be seen.
func entryFails(r *rig) {
	n := draft("ci")
	e := entryAbout(audit.TokenIssued, n.Token, start())
	r.must(r.store.CreateToken(r.ctx, n, e))

	other := draft("other")
	if err := r.store.CreateToken(r.ctx, other, e); err == nil {
		r.Fatal("a second entry of the same id was written")
	}
	_, err := r.store.FindToken(r.ctx, other.Token.ID)
	r.refused(err, token.ErrNotFound)
	_, err = r.store.FindByDigest(r.ctx, other.Digest)
	r.refused(err, token.ErrNotFound)

	_, err = r.store.RevokeToken(r.ctx, token.Revocation{TokenID: n.Token.ID, At: start()}, e)
	if err == nil {
		r.Fatal("a revocation was kept without its entry")
	}
	r.same("record", r.find(n.Token.ID), n.Token)
	if _, err := r.store.AddMark(r.ctx, token.Mark{ID: token.NewID(), NotBefore: start(), CreatedAt: start()}, e); err == nil {
		r.Fatal("a mark was kept without its entry")
	}
	r.same("record under the mark", r.find(n.Token.ID), n.Token)
	r.same("entries", len(r.history(audit.Query{})), 1)
}

func changeOfUnknown(r *rig) {
	ghost := draft("ghost").Token
	_, err := r.revoke(ghost, "", start())
	r.refused(err, token.ErrNotFound)
	_, err = r.setDisabled(ghost, true, start())
	r.refused(err, token.ErrNotFound)
	_, err = r.rotate(ghost, "2", start(), 0)
	r.refused(err, token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{})), 0)
}
