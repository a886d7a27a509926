package authority

import (
	"context"
	"crypto/subtle"
	"errors"
	"runtime"
	"time"

	"golang.org/x/crypto/scrypt"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// The cost of a scrypt hash of the reference: about 80 ms of a processor and 16
// MiB of memory.
const (
	scryptN, scryptR, scryptP = 16384, 8, 1
	// scryptPatience is how long a presentation waits for its turn.
	scryptPatience = 2 * time.Second
)

// newScryptSlots gives the places for those who compute. What costs a stranger a
// request costs us 80 ms, so at most a quarter of the processors is at it, one
// at least: verification goes on beside it, and memory is bounded (I-01).
func newScryptSlots() chan struct{} { return make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/4)) }

// errManyScrypts asks to come again. The token stays what it is.
var errManyScrypts = token.NewError(token.ErrUnavailable, "Too many imported tokens are presented for the first time; try again", nil)

// Adopt looks whether a raw refresh token is one that was imported by its scrypt
// hash and that nobody has presented yet. If so its digest takes the place of
// the hash, and from then on it is a token like any other (PER-34).
//
// Nothing is computed unless the token names a record that waits for it and has
// not ended: ids are random, so those who know one have seen a token, a list or
// a log. What then is learnt from the time of the answer is that nobody has used
// the token yet.
//
// Errors: token.ErrNotFound when it is none, token.ErrUnavailable, also when too
// many are presented at once.
func (a *Authority) Adopt(ctx context.Context, from token.Principal, secret token.Secret) error {
	id, ok := token.ParseRefresh(secret.Reveal())
	if !ok {
		return token.ErrNotFound
	}
	hash, err := a.opts.Store.FindScrypt(ctx, id)
	if err != nil {
		return err
	}
	found, err := a.opts.Store.FindToken(ctx, id)
	if err != nil {
		return err
	}
	if state := found.Check(a.Now()); errors.Is(state, token.ErrRevoked) || errors.Is(state, token.ErrExpired) {
		return token.ErrNotFound
	}
	if err := a.provesScrypt(ctx, hash, secret); err != nil {
		return err
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	digest := a.opts.Digester.Digest(secret.Reveal())
	entry := audit.NewEntry(audit.TokenAdopted, asPerson(from, found.Owner), a.Now()).About(found)
	err = a.opts.Store.ReplaceScrypt(ctx, found, digest, entry)
	switch {
	case errors.Is(err, token.ErrNotFound): // another presentation was first
		return nil
	case err != nil:
		return err
	}
	a.opts.Listener(token.Change{Issued: &digest})
	return nil
}

// provesScrypt computes the hash of a secret when its turn comes: nil, or
// token.ErrNotFound when it is another one.
func (a *Authority) provesScrypt(ctx context.Context, hash token.ScryptHash, secret token.Secret) error {
	ctx, cancel := context.WithTimeout(ctx, scryptPatience)
	defer cancel()
	select {
	case a.scrypts <- struct{}{}:
		defer func() { <-a.scrypts }()
	case <-ctx.Done():
		return errManyScrypts
	}
	key, err := scrypt.Key([]byte(secret.Reveal()), hash.Salt(), scryptN, scryptR, scryptP, len(hash.Key()))
	switch {
	case err != nil:
		return token.Unavailable(err)
	case subtle.ConstantTimeCompare(key, hash.Key()) != 1:
		return token.ErrNotFound
	}
	return nil
}
