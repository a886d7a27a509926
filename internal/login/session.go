package login

import (
	"context"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// sessionDeadline bounds a change of a session; it does not run on the
// caller's context (trap T-19).
const sessionDeadline = 5 * time.Second

// SessionStore keeps login sessions. store.Store does. Each change is one
// transaction with its entry in the log.
type SessionStore interface {
	// BeginSession begins a session; see store.Store.
	BeginSession(ctx context.Context, in token.SignIn, by token.Principal) error
	// FindSession gives the session of a secret, or token.ErrNotFound.
	FindSession(ctx context.Context, d token.Digest) (token.Session, error)
	// ListSessions gives the sessions of a user that were not ended, newest
	// first; of everybody with "".
	ListSessions(ctx context.Context, user string) ([]token.Session, error)
	// EndSession ends a session, or is token.ErrNotFound.
	EndSession(ctx context.Context, user, id string, by token.Principal, at time.Time) error
	// EndSessions ends all sessions of a user and says how many.
	EndSessions(ctx context.Context, user string, by token.Principal, at time.Time) (int, error)
}

// SessionOptions are what Sessions are made of. All but Elsewhere are required.
type SessionOptions struct {
	Store     SessionStore
	Directory Directory
	// Lifetime is how long a session lasts at the most, Idle how long it
	// lasts without being used.
	Lifetime, Idle time.Duration
	// Allow decides whether somebody may see and end the sessions of others,
	// and records a refusal.
	Allow func(ctx context.Context, by token.Principal, action policy.Permission, what audit.Action) error
	// Named gives what tells whether a role is given to a user; see
	// token.SignIn.
	Named func(ctx context.Context, user string) (func(granted []token.RoleGrant) bool, error)
	// Elsewhere says that Directory is not the built-in one, and answers for
	// the names in it.
	Elsewhere bool
	// Changed is told after a sign-in may have changed users or groups, and
	// before the sign-in is answered.
	Changed func(token.Change)
	Clock   func() time.Time
}

// Sessions are the login sessions of people. Each use looks the session up in
// the store, so that an end counts at once on every node; nothing about
// sessions is kept in memory but when they were last seen.
type Sessions struct {
	opts SessionOptions
	seen sightings
}

// NewSessions makes Sessions.
func NewSessions(opts SessionOptions) *Sessions {
	return &Sessions{opts: opts, seen: newSightings()}
}

// Ends gives when a session ends unless it is used.
func (s *Sessions) Ends(one token.Session) time.Time {
	if idle := one.SeenAt.Add(s.opts.Idle); idle.Before(one.ExpiresAt) {
		return idle
	}
	return one.ExpiresAt
}

// Begin begins a session for somebody who has proved who they are. in says
// who, by what method, and from where; the rest of in.Session is filled in.
// The secret is new each time (row J-01) and leaves here alone.
//
// Errors: token.ErrDisabled, token.ErrIdentity, token.ErrRenamed,
// token.ErrReserved, token.ErrUnavailable.
func (s *Sessions) Begin(ctx context.Context, in token.SignIn, by token.Principal) (token.Secret, token.Session, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	if !in.Create {
		if err := checkActive(ctx, s.opts.Directory, in.Session.User); err != nil {
			return token.Secret{}, token.Session{}, err
		}
	}
	if in.Identity != nil {
		named, err := s.opts.Named(ctx, in.Session.User)
		if err != nil {
			return token.Secret{}, token.Session{}, token.Unavailable(err)
		}
		in.Named, in.Elsewhere = named, s.opts.Elsewhere
	}
	secret, now := newSecret(sessionLead), s.now()
	in.Session.ID, in.Session.Digest = token.NewID(), digestOf(secret)
	in.Session.CreatedAt, in.Session.SeenAt, in.Session.ExpiresAt = now, now, now.Add(s.opts.Lifetime)
	if err := s.opts.Store.BeginSession(ctx, in, by); err != nil {
		return token.Secret{}, token.Session{}, err
	}
	if in.Create || in.Claimed {
		s.opts.Changed(token.Change{Policy: true})
	}
	return secret, in.Session, nil
}

// Find gives the live session of a secret.
//
// Errors: token.ErrUnknown, token.ErrRevoked when it was ended,
// token.ErrExpired, token.ErrDisabled when its user may not act any more,
// token.ErrUnavailable.
func (s *Sessions) Find(ctx context.Context, secret token.Secret) (token.Session, error) {
	if !shaped(secret.Reveal(), sessionLead) {
		return token.Session{}, token.ErrUnknown
	}
	found, err := s.opts.Store.FindSession(ctx, digestOf(secret))
	switch now := s.now(); {
	case errors.Is(err, token.ErrNotFound):
		return token.Session{}, token.ErrUnknown
	case err != nil:
		return token.Session{}, err
	case !found.EndedAt.IsZero():
		return token.Session{}, token.ErrRevoked
	case !s.lasts(found, now):
		return token.Session{}, token.ErrExpired
	}
	return found, checkActive(ctx, s.opts.Directory, found.User)
}

// lasts reports whether a session that was not ended is still good.
func (s *Sessions) lasts(one token.Session, now time.Time) bool {
	seen := s.seen.latest(one.ID, one.SeenAt)
	return now.Before(one.ExpiresAt) && now.Before(seen.Add(s.opts.Idle))
}

// Authenticate gives who is signed in by a session, and notes that it was
// used. Errors are those of Find.
func (s *Sessions) Authenticate(ctx context.Context, secret token.Secret) (token.Principal, error) {
	found, who, err := s.whose(ctx, secret)
	if err == nil {
		s.seen.note(found, s.now())
	}
	return who, err
}

// Glance gives who is signed in by a session, for what a page asks by itself:
// nobody uses the session by that, and it runs out as if nothing was asked.
// Errors are those of Find.
func (s *Sessions) Glance(ctx context.Context, secret token.Secret) (token.Principal, error) {
	_, who, err := s.whose(ctx, secret)
	return who, err
}

func (s *Sessions) whose(ctx context.Context, secret token.Secret) (token.Session, token.Principal, error) {
	found, err := s.Find(ctx, secret)
	if err != nil {
		return token.Session{}, token.Principal{}, err
	}
	groups, err := s.opts.Directory.GroupsOf(ctx, found.User)
	if err != nil {
		return token.Session{}, token.Principal{}, token.Unavailable(err)
	}
	return found, token.Principal{
		Type: token.PrincipalUser, Ref: found.User, Groups: groups,
		TokenID: found.ID, ExpiresAt: found.ExpiresAt,
	}, nil
}

// List gives the live sessions of a user, newest first; with "" those of
// everybody. People see their own, administrators all.
//
// Errors: token.ErrDenied, token.ErrUnavailable.
func (s *Sessions) List(ctx context.Context, by token.Principal, user string) ([]token.Session, error) {
	if err := s.allow(ctx, by, user, audit.AccessRefused); err != nil {
		return nil, err
	}
	list, err := s.opts.Store.ListSessions(ctx, user)
	if err != nil {
		return nil, err
	}
	now, live := s.now(), []token.Session{}
	for _, one := range list {
		if s.lasts(one, now) {
			one.SeenAt = s.seen.latest(one.ID, one.SeenAt)
			live = append(live, one)
		}
	}
	return live, nil
}

// End ends one session of a user. People end their own, administrators all.
//
// Errors: token.ErrDenied, token.ErrNotFound, token.ErrUnavailable.
func (s *Sessions) End(ctx context.Context, by token.Principal, user, id string) error {
	if err := s.allow(ctx, by, user, audit.SessionEnded); err != nil {
		return err
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	err := s.opts.Store.EndSession(ctx, user, id, by, s.now())
	if errors.Is(err, token.ErrNotFound) {
		return token.NewError(token.ErrNotFound, "There is no such session", nil)
	}
	return err
}

// EndAll ends all sessions of a user and says how many there were.
//
// Errors: token.ErrDenied, token.ErrUnavailable.
func (s *Sessions) EndAll(ctx context.Context, by token.Principal, user string) (int, error) {
	if err := s.allow(ctx, by, user, audit.SessionsEnded); err != nil {
		return 0, err
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	return s.opts.Store.EndSessions(ctx, user, by, s.now())
}

// allow lets people look after their own sessions, and administrators after
// those of all. A credential that came out of a token, or was narrowed, is less
// than its person and does neither.
func (s *Sessions) allow(ctx context.Context, by token.Principal, user string, what audit.Action) error {
	if by.Type == token.PrincipalUser && by.Ref == user && !by.FromToken {
		return nil
	}
	return s.opts.Allow(ctx, by, policy.Admin, what)
}

// now gives the time as it is stored: UTC, microseconds.
func (s *Sessions) now() time.Time { return s.opts.Clock().UTC().Truncate(time.Microsecond) }

func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), sessionDeadline)
}

// digestOf digests a secret of ours: it has 260 random bits.
func digestOf(secret token.Secret) token.Digest { return token.Digester{}.Digest(secret.Reveal()) }
