package keyring

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// snapshot is what was read of the store at one time. It is never changed, so
// that it can be read without a lock.
type snapshot struct {
	records []token.KeyRecord // all, newest first, Sealed taken out
	keys    []*key            // neither removed nor forgotten, oldest first
	access  map[string]*key   // of keys, those for access JWTs, by kid
	secrets []jwt.Key         // of keys, those for workspace tokens
	unread  []token.KeyRecord // those that should have opened and did not
	broken  error             // why not, joined
}

// key is one signing key, opened. Of access, log and workspace, that of its use
// is set.
type key struct {
	record    token.KeyRecord
	workspace jwt.Signer
	access    jwt.Signer
	verify    []jwt.Key // one element, made once for FindKeys
	log       ed25519.PrivateKey
	// until is the first instant at which a retired access key is forgotten;
	// zero means never.
	until time.Time
}

// read opens records. grace is how long a retired access key still verifies.
func read(records []token.KeyRecord, kek KEK, grace time.Duration, now time.Time) *snapshot {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b token.KeyRecord) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), strings.Compare(b.KID, a.KID))
	})
	s := &snapshot{records: records, access: make(map[string]*key)}
	for i := len(records) - 1; i >= 0; i-- {
		one := &key{record: records[i]}
		records[i].Sealed = nil
		if one.record.Use == token.KeyUseAccess && !one.record.RetiredAt.IsZero() {
			one.until = one.record.RetiredAt.Add(grace)
		}
		if !one.record.RemovedAt.IsZero() || one.forgotten(now) || !knownUse(one.record.Use) {
			continue
		}
		if err := one.open(kek); err != nil {
			s.unread, s.broken = append(s.unread, one.record), errors.Join(s.broken, err)
			continue
		}
		s.keys = append(s.keys, one)
		switch one.record.Use {
		case token.KeyUseAccess:
			s.access[one.record.KID] = one
		case token.KeyUseWorkspace:
			s.secrets = append(s.secrets, one.workspace.Key())
		case token.KeyUseLog:
		}
	}
	return s
}

// knownUse is false for the keys of a newer version of the program that runs
// on the same store; they are none of our business.
func knownUse(use token.KeyUse) bool {
	return slices.Contains(token.KeyUses(), use)
}

// open opens the record and keeps what signs and verifies.
func (k *key) open(kek KEK) error {
	if k.record.Use == token.KeyUseWorkspace {
		return k.openSecret(kek)
	}
	opened, err := open(k.record, kek)
	if err != nil {
		return err
	}
	k.record.Sealed = nil
	switch opened := opened.(type) {
	case *ecdsa.PrivateKey:
		if k.access, err = jwt.NewES256Signer(k.record.KID, opened); err != nil {
			return broken(k.record, err)
		}
		k.verify = []jwt.Key{k.access.Key()}
	case ed25519.PrivateKey:
		k.log = opened
	}
	return nil
}

// forgotten reports whether everything a retired key signed has expired.
func (k *key) forgotten(now time.Time) bool {
	return !k.until.IsZero() && !now.Before(k.until)
}

// active gives the keys of a use that are not retired, nor about to be, oldest
// first.
func (s *snapshot) active(use token.KeyUse) []*key {
	var active []*key
	for _, one := range s.keys {
		if one.record.Use == use && one.record.RetiredAt.IsZero() {
			active = append(active, one)
		}
	}
	return active
}

// lacks reports whether a new installation has no key of a use yet. One that
// does not open is one: nothing is made in its place (K-16).
func (s *snapshot) lacks(use token.KeyUse) bool {
	return len(s.active(use)) == 0 && !slices.ContainsFunc(s.unread, func(r token.KeyRecord) bool {
		return r.Use == use && r.RetiredAt.IsZero()
	})
}

// signer chooses the key of a use that signs at now: the newest one that has
// settled, because every node knows it. Where none has settled (the first key,
// or the only one left after a removal) it is the oldest, which most nodes
// know.
func (s *snapshot) signer(use token.KeyUse, now time.Time) (chosen *key, ok bool) {
	for _, one := range s.keys {
		if one.record.Use != use || !one.record.RetiredAt.IsZero() && !now.Before(one.record.RetiredAt) {
			continue
		}
		if settled := !now.Before(one.record.CreatedAt.Add(Settle)); chosen == nil || settled {
			chosen = one
		}
	}
	return chosen, chosen != nil
}

// find gives the record of a key, in whatever state.
func (s *snapshot) find(kid string) (token.KeyRecord, bool) {
	for _, record := range s.records {
		if record.KID == kid {
			return record, true
		}
	}
	return token.KeyRecord{}, false
}
