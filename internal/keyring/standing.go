package keyring

import (
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// State says what a key does at one time.
type State string

// The states, in the order in which a key goes through them.
const (
	StateReady      State = "ready"      // verifies, and waits for its turn to sign
	StateSigns      State = "signs"      // signs and verifies
	StateRetired    State = "retired"    // signs nothing more, and verifies what it signed
	StateForgotten  State = "forgotten"  // everything that it signed has expired
	StateRemoved    State = "removed"    // nothing that it signed is good
	StateUnreadable State = "unreadable" // as good as removed; see [Keyring.Unreadable]
	StateForeign    State = "foreign"    // of a newer version of the program
)

// Standing is a key with what it does now. Its record has no private part.
type Standing struct {
	token.KeyRecord

	State State
	// Until is the first instant at which a retired access key is forgotten:
	// the last token that it signed has expired then. The keyring does not know
	// it of other uses; it is zero then.
	Until time.Time
}

// Standings gives all keys, newest first, as this node last read them.
func (k *Keyring) Standings() []Standing {
	now, s := k.instant(), k.current.Load()
	list := make([]Standing, len(s.records))
	for i, record := range s.records {
		list[i] = Standing{KeyRecord: record, State: s.state(record, now)}
		if record.Use == token.KeyUseAccess && !record.RetiredAt.IsZero() && record.RemovedAt.IsZero() {
			list[i].Until = record.RetiredAt.Add(k.maxLifetime + slack)
			if !now.Before(list[i].Until) {
				list[i].State = StateForgotten
			}
		}
	}
	return list
}

// state says what the key of a record does at now.
func (s *snapshot) state(record token.KeyRecord, now time.Time) State {
	unread := slices.ContainsFunc(s.unread, func(r token.KeyRecord) bool { return r.KID == record.KID })
	signer, ok := s.signer(record.Use, now)
	switch {
	case !record.RemovedAt.IsZero():
		return StateRemoved
	case !knownUse(record.Use):
		return StateForeign
	case unread:
		return StateUnreadable
	case ok && signer.record.KID == record.KID:
		return StateSigns // also one that is about to be retired
	case !record.RetiredAt.IsZero():
		return StateRetired
	}
	return StateReady
}
