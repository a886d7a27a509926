package directory

import (
	"context"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// mutationDeadline bounds every mutation; see the package comment.
const mutationDeadline = 5 * time.Second

// Gate decides whether a principal may do something and records a refusal
// before it returns it. The authority is one.
type Gate interface {
	Allow(ctx context.Context, by token.Principal, action policy.Permission, what audit.Action) error
	// CheckText refuses a text for people that holds a token.
	CheckText(field, text string) error
}

// People knows users who are kept elsewhere. A [Reader] is one.
type People interface {
	UserActive(ctx context.Context, ref string) (bool, error)
}

// Options are what a Directory is made of. All but People and Listener are
// required.
type Options struct {
	Store Store
	Gate  Gate
	// Policy gives the table in force, with the roles granted at run time.
	Policy func() policy.Table
	Clock  func() time.Time
	// People, when set, says who exists elsewhere than in the store: users
	// of a catalog can be disabled here.
	People People
	// Listener is told of every change after its commit and before the verb
	// returns. It must not block.
	Listener func(token.Change)
}

// Directory changes the built-in directory. It is safe for concurrent use.
type Directory struct{ opts Options }

// New makes a Directory.
func New(opts Options) (*Directory, error) {
	if opts.Store == nil || opts.Gate == nil || opts.Policy == nil || opts.Clock == nil {
		return nil, errors.New("directory: store, gate, policy and clock are required")
	}
	if opts.Listener == nil {
		opts.Listener = func(token.Change) {}
	}
	return &Directory{opts}, nil
}

// now gives the time as it is stored: UTC, microseconds.
func (d *Directory) now() time.Time { return d.opts.Clock().UTC().Truncate(time.Microsecond) }

// allow passes the gate for an act of administration.
func (d *Directory) allow(ctx context.Context, by token.Principal, what audit.Action) error {
	return d.opts.Gate.Allow(ctx, by, policy.Admin, what)
}

// change makes one change of the store, apart from the caller's context, and
// tells the listener.
func (d *Directory) change(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mutationDeadline)
	defer cancel()
	if err := do(ctx); err != nil {
		return err
	}
	d.opts.Listener(token.Change{Policy: true})
	return nil
}

// missing gives an error that says a thing is not there the words for it.
func missing(err error, words string) error {
	if errors.Is(err, token.ErrNotFound) {
		return token.NewError(token.ErrNotFound, words, nil)
	}
	return err
}

// present gives an error that says a thing is there already the words for it.
func present(err error, words string) error {
	if errors.Is(err, token.ErrExists) {
		return token.NewError(token.ErrExists, words, nil)
	}
	return err
}

func userRef(s string) (string, error) {
	if ref, ok := token.ParseUserRef(s); ok {
		return ref, nil
	}
	return "", token.Invalid("user must be a user ref such as user:default/alice")
}

func groupRef(s string) (string, error) {
	if ref, ok := token.ParseGroupRef(s); ok {
		return ref, nil
	}
	return "", token.Invalid("group must be a group ref such as group:default/platform")
}
