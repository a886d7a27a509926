package authority

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// mutationDeadline bounds every mutation; see the package comment.
const mutationDeadline = 5 * time.Second

// KindRules is what differs between kinds of token.
type KindRules struct {
	Kind token.Kind
	// Read, Write and Revoke are the permissions of the verbs.
	Read, Write, Revoke policy.Permission
	DefaultLifetime     time.Duration
	MaxLifetime         time.Duration // whole days
	Notice              token.Notice  // how early a token is "expiring"
	Limits              token.Limits
	// Catalogue holds the scopes that may be granted, in their order.
	Catalogue []Scope
	// RequireScopes refuses a request without scopes, for kinds where they may
	// be left out.
	RequireScopes bool
	// Off says that the operator has switched the kind off: what was made can be
	// listed and ended, and is not good.
	Off bool
	// Rotates says that a refresh token of this kind is replaced whenever it is
	// exchanged.
	Rotates bool
	// Mint writes the secret of a record whose secret is made from it. nil
	// means an opaque one under the kind's prefix.
	Mint func(context.Context, token.Token) (token.Secret, error)
}

// Scope is one entry of a kind's catalogue.
type Scope struct{ ID, Description, Plugin string }

// Options are what an Authority is made of. All fields are required but Disabled,
// Used, Listener, ClientsPerRegistrar, and Workspaces where no workspace tokens
// are issued.
type Options struct {
	Store      Store
	Directory  Directory
	Workspaces Workspaces
	// Policy gives the table in force; it may change while the server runs.
	Policy   func() policy.Table
	Formats  token.Formats
	Digester token.Digester
	Kinds    []KindRules
	Clock    func() time.Time
	// Disabled, when set, says whether a user who is not active was disabled by
	// an administrator. Others may be missing by mistake.
	Disabled func(ctx context.Context, user string) (bool, error)
	// Used, when set, is told of every refresh token that was exchanged, and by
	// whom. It must not block.
	Used func(t token.Token, from token.Principal)
	// ClientsPerRegistrar is how many OAuth clients one person or initial access
	// token may have registered; 0 means as many as there may be in all.
	ClientsPerRegistrar int
	// Listener is told of every change after its commit and before the verb
	// returns. It must not block.
	Listener func(token.Change)
}

// Authority issues and revokes. It is safe for concurrent use.
type Authority struct {
	opts  Options
	kinds map[token.Kind]KindRules
	// scrypts is full when no further slow hash may be computed; see Adopt.
	scrypts chan struct{}
	// adoptions are under way, by digest.
	adoptions *singleflight.Group
	guesses   *guesses
	absent    *absences
}

// New makes an Authority.
func New(opts Options) (*Authority, error) {
	if opts.Store == nil || opts.Directory == nil || opts.Policy == nil || opts.Clock == nil {
		return nil, errors.New("authority: store, directory, policy and clock are required")
	}
	if opts.Listener == nil {
		opts.Listener = func(token.Change) {}
	}
	a := &Authority{opts: opts, kinds: make(map[token.Kind]KindRules, len(opts.Kinds)), scrypts: newScryptSlots(), adoptions: &singleflight.Group{}, guesses: newGuesses(), absent: newAbsences()}
	for _, k := range opts.Kinds {
		if contractOf(k.Kind).check == nil {
			return nil, fmt.Errorf("authority: tokens of kind %s cannot be issued", k.Kind)
		}
		if k.DefaultLifetime > k.MaxLifetime {
			return nil, fmt.Errorf("authority: the default lifetime of kind %s, %d days, exceeds its maximum, %d days",
				k.Kind, k.DefaultLifetime/day, k.MaxLifetime/day)
		}
		if k.Kind == token.KindWorkspace && opts.Workspaces == nil {
			return nil, errors.New("authority: workspace tokens need workspaces")
		}
		a.kinds[k.Kind] = k
	}
	return a, nil
}

// Rules gives the rules of a kind, or an ErrInvalid when this authority does
// not issue it.
func (a *Authority) Rules(kind token.Kind) (KindRules, error) {
	rules, ok := a.kinds[kind]
	if !ok {
		return KindRules{}, token.Invalid("tokens of kind " + string(kind) + " are not issued here")
	}
	return rules, nil
}

// Now gives the authority's time: UTC, cut to microseconds, as it is stored.
func (a *Authority) Now() time.Time { return a.opts.Clock().UTC().Truncate(time.Microsecond) }

// decide is the one gate. It asks the policy whether the principal may do
// action to grant, records a refusal, and gives back the grant as the policy
// narrowed it. about is the entry of the attempt.
func (a *Authority) decide(ctx context.Context, by token.Principal, action policy.Permission, attempt attempt) (token.Grant, error) {
	grant, err := a.opts.Policy().Decide(by, action, attempt.grant)
	if err == nil {
		return grant, nil
	}
	return token.Grant{}, a.refuse(ctx, attempt.entry.With("permission", string(action)), err)
}

// may is the gate before it is known which token it is about: it asks whether
// the principal may do action to the tokens of at least one owner. Deciding
// about a grant without an owner would refuse everybody whose binding is
// limited to some groups.
func (a *Authority) may(ctx context.Context, by token.Principal, action policy.Permission, about audit.Entry) error {
	if err := a.opts.Policy().May(by, action); err != nil {
		return a.refuse(ctx, about.With("permission", string(action)), err)
	}
	return nil
}

// attempt is what somebody tries: the entry that tells of it, and what the
// token would carry.
type attempt struct {
	entry audit.Entry
	grant token.Grant
}

// refuse records a refusal and gives it back. A refusal that cannot be
// recorded becomes token.ErrUnavailable.
func (a *Authority) refuse(ctx context.Context, e audit.Entry, err error) error {
	ctx, cancel := detach(ctx)
	defer cancel()
	if logErr := a.opts.Store.AppendEntry(ctx, e.Refuse(err)); logErr != nil {
		return token.Unavailable(errors.Join(logErr, err))
	}
	return err
}

// Allow is the gate for verbs of other rooms that change the directory, roles
// or keys: it decides and records a refusal under the given action.
func (a *Authority) Allow(ctx context.Context, by token.Principal, action policy.Permission, what audit.Action) error {
	_, err := a.decide(ctx, by, action, attempt{entry: audit.NewEntry(what, by, a.Now())})
	return err
}

// detach gives a context that the caller's cancellation does not reach, with
// a deadline of its own (trap T-19, row K-08).
func detach(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), mutationDeadline)
}
