package login

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// LinkLifetime is how long a one-time link may be redeemed.
const LinkLifetime = 15 * time.Minute

const (
	linkCodeSize = 32 // bytes: 256 bits cannot be guessed
	linkPath     = "/sign-in/"

	// defaultAdministrator is the user who becomes the first administrator
	// when nobody else is named.
	defaultAdministrator = "user:default/admin"
)

var errLink = token.NewError(token.ErrNotFound, "This sign-in link is unknown, used or too old", nil)

// LinkStore keeps one-time links by the digest of their code. Each method is
// one transaction with its audit entry.
type LinkStore interface {
	// AddLink keeps a link.
	AddLink(ctx context.Context, l token.Link, by token.Principal) error
	// UseLink ends a link and gives it. A link that is unknown, used or past
	// its time is token.ErrNotFound; of two simultaneous uses one wins.
	UseLink(ctx context.Context, d token.Digest, at time.Time) (token.Link, error)
}

// Administrators makes the first administrator.
type Administrators interface {
	// HasAdministrator reports whether anybody is an administrator.
	HasAdministrator(ctx context.Context) (bool, error)
	// AddAdministrator makes a user an administrator, and adds the user to
	// the directory when it is not there and the directory takes users.
	AddAdministrator(ctx context.Context, ref string, by token.Principal) error
}

// LinkOptions are what Links is made of. All are required.
type LinkOptions struct {
	Store          LinkStore
	Administrators Administrators
	Directory      Directory
	Access         *AccessTokens
	// PublicURL is the base of every link, without a slash at its end.
	PublicURL string
	// Allow decides whether somebody may make links, and records a refusal.
	Allow func(ctx context.Context, by token.Principal, what audit.Action) error
	Clock func() time.Time
}

// Links makes and redeems one-time sign-in links.
type Links struct{ opts LinkOptions }

// NewLinks makes Links.
func NewLinks(opts LinkOptions) *Links { return &Links{opts} }

// Link is a one-time sign-in link that was just made.
type Link struct {
	// URL holds the code: whoever opens it first is signed in.
	URL       token.Secret
	User      string // canonical ref
	ExpiresAt time.Time
	// FirstAdministrator is true when the user was made an administrator
	// because there was none.
	FirstAdministrator bool
}

// Make makes a link for a user. While there is no administrator the user is
// made one; "" then means user:default/admin.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound (no such user),
// token.ErrConflict (the user is disabled), token.ErrUnavailable.
func (l *Links) Make(ctx context.Context, by token.Principal, user string) (Link, error) {
	if err := l.opts.Allow(ctx, by, audit.LinkMade); err != nil {
		return Link{}, err
	}
	has, err := l.opts.Administrators.HasAdministrator(ctx)
	if err != nil {
		return Link{}, token.Unavailable(err)
	}
	if user == "" {
		user = defaultAdministrator
	}
	if !has {
		if err := l.addAdministrator(ctx, by, user); err != nil {
			return Link{}, err
		}
	}
	ref, err := findUser(ctx, l.opts.Directory, user)
	if err != nil {
		return Link{}, err
	}
	link, err := l.make(ctx, by, ref)
	link.FirstAdministrator = !has
	return link, err
}

func (l *Links) addAdministrator(ctx context.Context, by token.Principal, user string) error {
	ref, ok := token.ParseUserRef(user)
	if !ok {
		return token.Invalid("user must be a user ref such as user:default/alice")
	}
	return l.opts.Administrators.AddAdministrator(ctx, ref, by)
}

// make keeps the digest of a fresh code. Its randomness is crypto/rand, which
// ends the process rather than give weak bytes.
func (l *Links) make(ctx context.Context, by token.Principal, ref string) (Link, error) {
	random := make([]byte, linkCodeSize)
	_, _ = rand.Read(random)
	code := base64.RawURLEncoding.EncodeToString(random)
	expires := l.opts.Clock().UTC().Truncate(time.Microsecond).Add(LinkLifetime)
	kept := token.Link{Digest: linkDigest(code), User: ref, ExpiresAt: expires}
	if err := l.opts.Store.AddLink(ctx, kept, by); err != nil {
		return Link{}, err
	}
	return Link{URL: token.NewSecret(l.opts.PublicURL + linkPath + code), User: ref, ExpiresAt: expires}, nil
}

// Redeem ends a link and gives an access JWT of its user. A link is also spent
// when its user has been disabled since: no way in re-activates an account
// (row C-12).
//
// Errors: token.ErrNotFound for every link that is not good, token.ErrUnavailable.
func (l *Links) Redeem(ctx context.Context, code string, from token.Principal) (AccessToken, error) {
	if len(code) != base64.RawURLEncoding.EncodedLen(linkCodeSize) {
		return AccessToken{}, errLink
	}
	link, err := l.opts.Store.UseLink(ctx, linkDigest(code), l.opts.Clock().UTC())
	if errors.Is(err, token.ErrNotFound) {
		return AccessToken{}, errLink
	}
	if err != nil {
		return AccessToken{}, err
	}
	ref, err := findUser(ctx, l.opts.Directory, link.User)
	if err != nil {
		if errors.Is(err, token.ErrUnavailable) {
			return AccessToken{}, err
		}
		return AccessToken{}, errLink
	}
	by := token.Principal{Type: token.PrincipalUser, Ref: ref, Address: from.Address, RequestID: from.RequestID}
	return l.opts.Access.make(ctx, by, ref, DefaultAccessLifetime)
}

// linkDigest binds the digest to its use, so that a code can never be found by
// the secret of a token, or the other way round.
func linkDigest(code string) token.Digest { return token.Digester{}.Digest("link:" + code) }
