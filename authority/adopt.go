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

// errWrongSecret stays in this file.
var errWrongSecret = errors.New("authority: the secret is not that of the hash")

// Adopt looks whether a raw refresh token is one that was imported by its scrypt
// hash and that nobody has presented yet. If so its digest takes the place of
// the hash, and from then on it is a token like any other (PER-34).
//
// Nothing is computed unless the token names a record that waits for it and has
// not ended: ids are random, so those who know one have seen a token, a list or
// a log. What then is learnt from the time of the answer is that nobody has used
// the token yet. Wrong secrets for one id are bounded, see errManyGuesses; many
// presentations of one token at once, as of the jobs that share it, are one
// computation.
//
// Errors: token.ErrNotFound when it is none, token.ErrLimited after too many wrong
// secrets, token.ErrUnavailable, also when too many are presented at once.
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
	adopting := adoption{from: from, token: found, hash: hash, secret: secret, digest: a.opts.Digester.Digest(secret.Reveal())}
	// Whoever began the flight may go away; the others still wait for it.
	flight := a.adoptions.DoChan(string(adopting.digest[:]), func() (any, error) {
		ctx, cancel := detach(ctx)
		defer cancel()
		return nil, a.adopt(ctx, adopting)
	})
	select {
	case landed := <-flight:
		return landed.Err
	case <-ctx.Done():
		return token.Unavailable(ctx.Err())
	}
}

// adoption is the presentation of a record that waits for its secret.
type adoption struct {
	from   token.Principal
	token  token.Token
	hash   token.ScryptHash
	secret token.Secret
	digest token.Digest
}

func (a *Authority) adopt(ctx context.Context, p adoption) error {
	guess, err := a.guesses.take(p.token.ID, p.from.Address, a.Now())
	if err != nil {
		return err
	}
	err = a.provesScrypt(ctx, p)
	if errors.Is(err, errWrongSecret) {
		return token.ErrNotFound
	}
	guess.giveBack() // it was right, or nothing was learnt of it
	if err != nil {
		return err
	}
	entry := audit.NewEntry(audit.TokenAdopted, asPerson(p.from, p.token.Owner), a.Now()).About(p.token)
	err = a.opts.Store.ReplaceScrypt(ctx, p.token, p.digest, entry)
	switch {
	case errors.Is(err, token.ErrNotFound): // another presentation was first
		return nil
	case err != nil:
		return err
	}
	a.opts.Listener(token.Change{Issued: &p.digest})
	return nil
}

// provesScrypt computes the hash of a secret when its turn comes: nil, or
// errWrongSecret. While it waited another presentation may have been the first:
// then it is token.ErrNotFound, and the digest decides.
func (a *Authority) provesScrypt(ctx context.Context, p adoption) error {
	ctx, cancel := context.WithTimeout(ctx, scryptPatience)
	defer cancel()
	select {
	case a.scrypts <- struct{}{}:
		defer func() { <-a.scrypts }()
	case <-ctx.Done():
		return errManyScrypts
	}
	if _, err := a.opts.Store.FindScrypt(ctx, p.token.ID); err != nil {
		return err
	}
	key, err := scrypt.Key([]byte(p.secret.Reveal()), p.hash.Salt(), scryptN, scryptR, scryptP, len(p.hash.Key()))
	switch {
	case err != nil:
		return token.Unavailable(err)
	case subtle.ConstantTimeCompare(key, p.hash.Key()) != 1:
		return errWrongSecret
	}
	return nil
}
