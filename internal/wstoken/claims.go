package wstoken

import (
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// Claims are what a workspace token says.
type Claims struct {
	// TokenID is the id of the record, Account the UUID of the person and
	// Workspace that of the workspace: 36 characters, lower case.
	TokenID, Account, Workspace string
	// Scopes are in their order; nil when the token names none.
	Scopes token.Scopes
	// ExpiresAt is UTC in whole seconds, and the first instant at which the
	// token is not good. There is no leeway.
	ExpiresAt time.Time
}

// payload is Claims in the members and the order of the wire.
type payload struct {
	Extra struct {
		TokenID string `json:"apiTokenId"`
		Scopes  string `json:"scopes,omitempty"`
	} `json:"extra"`
	Account   string `json:"account"`
	Workspace string `json:"workspace"`
	ExpiresAt int64  `json:"exp"`
}

// Sign writes a token. A part of a second of the expiry is cut off: a token
// never lives longer than its record.
//
// The error is token.ErrInvalid for claims that [Open] would refuse for their
// form, so that nothing is issued that could not be verified.
func Sign(signer jwt.Signer, c Claims) (token.Secret, error) {
	var p payload
	p.Extra.TokenID, p.Account, p.Workspace = c.TokenID, c.Account, c.Workspace
	p.ExpiresAt = c.ExpiresAt.Unix()
	if !isUUID(c.TokenID) || !isUUID(c.Account) || !isUUID(c.Workspace) || p.ExpiresAt < 1 {
		return token.Secret{}, token.Invalid("a workspace token needs the UUIDs of its record, account and workspace, and an expiry")
	}
	if len(c.Scopes) > 0 {
		scopes, ok := token.ParseWorkspaceScopes(c.Scopes)
		if !ok {
			return token.Secret{}, token.Invalid("the scopes of a workspace token are read:*, write:* and delete:*")
		}
		p.Extra.Scopes = scopesText(scopes)
	}
	raw, err := signer.Sign(typ, p)
	if err != nil {
		return token.Secret{}, err
	}
	return token.NewSecret(raw), nil
}

// typ is the only typ of a workspace token.
const typ = "JWT"

// isUUID reports whether s is a UUID as this product writes it: lower-case
// hexadecimal in groups of 8, 4, 4, 4 and 12. The version is not looked at.
// One UUID has one spelling, so that ids can be compared as texts.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
