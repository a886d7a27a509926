package token

import "time"

// Client is a program that asks people for access (RFC 6749 section 2).
type Client struct {
	ID   string
	Name string // for people; as the client says, so not to be believed
	// Secret is the digest of a confidential client's secret; zero for a public
	// client.
	Secret Digest
	// RedirectURIs are compared byte by byte; see internal/oauth.
	RedirectURIs []string
	// Refresh says that the client may have refresh tokens.
	Refresh bool
	// Scopes bound what it may ask for; nil means everything there is.
	Scopes Scopes
	// Verified is true for clients that an operator or this program vouches
	// for. Others are shown with a warning.
	Verified  bool
	CreatedBy string // ref of who registered it
	CreatedAt time.Time
	UsedAt    time.Time // zero = never
	ExpiresAt time.Time // zero = never
}

// ClientLimits bound how many clients are registered, in all and by one registrar:
// a person, or an initial access token (RFC 7591 section 3), by its ref.
type ClientLimits struct{ InAll, PerRegistrar int }

// IsPublic reports whether the client has no secret.
func (c *Client) IsPublic() bool { return c.Secret == Digest{} }
