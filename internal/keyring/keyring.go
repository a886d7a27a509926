package keyring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Settle is how long a new key is published before it signs. It is twice the
// longest time that a node may go without hearing of a change.
const Settle = 10 * time.Second

// slack is added to the longest lifetime of a token when a retired key is
// forgotten: clocks of nodes differ, and a node may sign a little longer.
const slack = 5 * time.Minute

// Store is what the keyring needs of a store. Each change writes its audit
// entry in the same transaction.
type Store interface {
	// ListKeys gives all records, removed ones too, in any order.
	ListKeys(ctx context.Context) ([]token.KeyRecord, error)
	// AddKey keeps a new record. A KID that exists is token.ErrExists.
	AddKey(ctx context.Context, record token.KeyRecord, by token.Principal) error
	// AddKeyAfter is AddKey if newest is still the KID of the newest record of
	// the use, removed ones too, or "" for none; else it is token.ErrConflict.
	AddKeyAfter(ctx context.Context, newest string, record token.KeyRecord, by token.Principal) error
	// RetireKey sets RetiredAt, which may lie ahead of now, of a key that is
	// not removed and not retired before that; on any other key it changes
	// nothing. No such key is token.ErrNotFound.
	RetireKey(ctx context.Context, kid string, from, now time.Time, by token.Principal) error
	// RemoveKey sets RemovedAt and erases Sealed; on a removed key it changes
	// nothing. No such key is token.ErrNotFound.
	RemoveKey(ctx context.Context, kid string, at time.Time, by token.Principal) error
}

// Options complete a keyring.
type Options struct {
	// MaxLifetime is the longest lifetime of an access JWT plus the leeway of
	// its verification. Required.
	MaxLifetime time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Changed, when set, is called whenever the keys were read again, before
	// the call that read them returns: what was verified by a removed key
	// must not be remembered as good. It must neither block nor call the
	// methods that read or change keys.
	Changed func()
}

// Keyring holds the signing keys of an installation, as this node last read
// them. Signing and verifying never wait for the store or for each other.
type Keyring struct {
	store       Store
	kek         KEK
	maxLifetime time.Duration
	now         func() time.Time
	changed     func()

	// reading makes sure that an older list never replaces a newer one.
	reading sync.Mutex
	current atomic.Pointer[snapshot]
}

// Open reads the keys. When none of those that are stored opens, the
// key-encryption key is not that of this installation: it fails with an error
// that names them, and makes no key in their place. When some open, it is: then
// those that do not are left out; see [Keyring.Unreadable].
func Open(ctx context.Context, store Store, kek KEK, options Options) (*Keyring, error) {
	if kek.IsZero() {
		return nil, token.Invalid("the keyring needs a key-encryption key")
	}
	if options.MaxLifetime <= 0 {
		return nil, errors.New("keyring: Options.MaxLifetime must be positive")
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Changed == nil {
		options.Changed = func() {}
	}
	k := &Keyring{
		store: store, kek: kek, maxLifetime: options.MaxLifetime, now: options.Now, changed: options.Changed,
	}
	if err := k.Refresh(ctx); err != nil {
		return nil, err
	}
	if read := k.current.Load(); len(read.keys) == 0 && read.broken != nil {
		return nil, read.broken
	}
	return k, nil
}

// Unreadable says which of the stored keys do not open, or nil. Each of them is
// as good as removed: it signs nothing, and nothing that it signed is good. The
// others, above all removals among them, are not held up by it.
func (k *Keyring) Unreadable() error { return k.current.Load().broken }

// Refresh reads the keys again. Call it when the log says that a key has
// changed. When the store cannot be read, the former keys stay.
func (k *Keyring) Refresh(ctx context.Context) error {
	k.reading.Lock()
	defer k.reading.Unlock()
	records, err := k.store.ListKeys(ctx)
	if err != nil {
		return fmt.Errorf("keyring: list keys: %w", err)
	}
	k.current.Store(read(records, k.kek, k.maxLifetime+slack, k.instant()))
	k.changed()
	return nil
}

// Ensure makes the first key of a use when there is none. Two nodes that start
// at once may both make one, which does no harm. A key that does not open is
// for the operator to restore or to remove: Ensure makes none in its place.
func (k *Keyring) Ensure(ctx context.Context, use token.KeyUse, by token.Principal) error {
	if !k.current.Load().lacks(use) {
		return nil
	}
	return k.add(ctx, use, by, k.store.AddKey)
}

// Rotate makes a new key of a use and retires the former ones. The new one
// verifies at once and signs after Settle; until then the former ones sign.
func (k *Keyring) Rotate(ctx context.Context, use token.KeyUse, by token.Principal) error {
	return k.rotate(ctx, use, by, k.store.AddKey)
}

// RotateFrom is Rotate if the newest key of the use is still the one that is
// named by its KID, or "" for none, and else token.ErrConflict: a wish that is
// sent twice, be it at once and to two nodes, makes one key.
func (k *Keyring) RotateFrom(ctx context.Context, use token.KeyUse, newest string, by token.Principal) error {
	return k.rotate(ctx, use, by, func(ctx context.Context, record token.KeyRecord, by token.Principal) error {
		return k.store.AddKeyAfter(ctx, newest, record, by)
	})
}

// keep is how a store takes a new record.
type keep func(ctx context.Context, record token.KeyRecord, by token.Principal) error

func (k *Keyring) rotate(ctx context.Context, use token.KeyUse, by token.Principal, keep keep) error {
	former := k.current.Load().active(use)
	if err := k.add(ctx, use, by, keep); err != nil {
		return err
	}
	now := k.instant()
	for _, key := range former {
		if err := k.store.RetireKey(ctx, key.record.KID, now.Add(Settle), now, by); err != nil {
			return fmt.Errorf("keyring: retire a key: %w", err)
		}
	}
	return k.Refresh(ctx)
}

// Retire taints a key: it signs nothing more, on this node at once and on
// others as soon as they refresh. What it signed stays good until it expires.
// It is the first of two steps when a key is in doubt; the second is Remove.
// Errors and replacement are those of Remove.
func (k *Keyring) Retire(ctx context.Context, kid string, by token.Principal) error {
	return k.end(ctx, kid, by, func(at time.Time) error {
		if err := k.store.RetireKey(ctx, kid, at, at, by); err != nil {
			return fmt.Errorf("keyring: retire a key: %w", err)
		}
		return nil
	})
}

// Remove ends a key: nothing it signed is good any more. When it is the last
// one of its use that is not retired, another is made before, so that there
// always is one that signs. No such key is token.ErrNotFound; a key that was
// removed before stays so without an error.
func (k *Keyring) Remove(ctx context.Context, kid string, by token.Principal) error {
	return k.end(ctx, kid, by, func(at time.Time) error {
		if err := k.store.RemoveKey(ctx, kid, at, by); err != nil {
			return fmt.Errorf("keyring: remove a key: %w", err)
		}
		return nil
	})
}

// end makes sure that there is a key to sign with, and then ends one.
func (k *Keyring) end(ctx context.Context, kid string, by token.Principal, end func(at time.Time) error) error {
	if err := k.Refresh(ctx); err != nil {
		return err
	}
	record, ok := k.current.Load().find(kid)
	if !ok {
		return token.NewError(token.ErrNotFound, "no such signing key", nil)
	}
	if active := k.current.Load().active(record.Use); len(active) == 1 && active[0].record.KID == kid {
		if err := k.add(ctx, record.Use, by, k.store.AddKey); err != nil {
			return err
		}
	}
	if err := end(k.instant()); err != nil {
		return err
	}
	if err := k.Refresh(ctx); err != nil || !knownUse(record.Use) {
		return err
	}
	// Two nodes that each end one of the last two keys both saw another one.
	return k.Ensure(ctx, record.Use, by)
}

// List gives the records of all keys, newest first, without their private
// parts.
func (k *Keyring) List() []token.KeyRecord { return slices.Clone(k.current.Load().records) }

// Age says how long ago the newest key of a use was made, for rotation by
// schedule; it is 0 when there is none.
func (k *Keyring) Age(use token.KeyUse) time.Duration {
	active := k.current.Load().active(use)
	if len(active) == 0 {
		return 0
	}
	return k.instant().Sub(active[len(active)-1].record.CreatedAt)
}

// add makes a key and reads the keys again.
func (k *Keyring) add(ctx context.Context, use token.KeyUse, by token.Principal, keep keep) error {
	record, err := newRecord(use, k.kek, by, k.instant())
	if err != nil {
		return err
	}
	if err := keep(ctx, record, by); err != nil {
		return fmt.Errorf("keyring: add a key: %w", err)
	}
	return k.Refresh(ctx)
}

// instant is the present as it is stored.
func (k *Keyring) instant() time.Time { return k.now().UTC().Truncate(time.Microsecond) }
