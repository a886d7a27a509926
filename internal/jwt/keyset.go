package jwt

import (
	"context"

	"github.com/tokenwright/tokenwright/token"
)

// KeySource gives keys to verify with. There is one source per issuer: two
// issuers may use one kid, and the key of one must never verify for the other
//
type KeySource interface {
	// FindKeys gives the keys that may have signed a token with this kid,
	// which is "" when the token names none. No keys and no error means that
	// there are none; an error means that the source cannot tell now, and
	// should wrap token.ErrUnavailable. The caller does not change the slice.
	FindKeys(ctx context.Context, kid string) ([]Key, error)
}

// KeySet is a KeySource of fixed keys, found by kid.
type KeySet struct{ byID map[string][]Key }

// NewKeySet makes a set. Every key must have a kid, and no two the same.
func NewKeySet(keys []Key) (KeySet, error) {
	set := KeySet{make(map[string][]Key, len(keys))}
	for _, key := range keys {
		if key.id == "" {
			return KeySet{}, token.Invalid("every key of a set must have a key id")
		}
		if _, ok := set.byID[key.id]; ok {
			return KeySet{}, token.Invalid("two keys of a set have the same key id")
		}
		set.byID[key.id] = []Key{key}
	}
	return set, nil
}

// FindKeys implements KeySource. Without a kid it finds nothing, even when the
// set has only one key.
func (s KeySet) FindKeys(_ context.Context, kid string) ([]Key, error) {
	return s.byID[kid], nil
}
