package authority

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// Store keeps tokens and the log. store/sqlite and store/postgres provide it.
//
// All methods: an error that wraps token.ErrUnavailable means that the answer
// is not known; for a mutation, that it may or may not have happened.
type Store interface {
	Finder
	Changer
	Log
}

// Finder reads tokens.
type Finder interface {
	// FindToken gives the record, or token.ErrNotFound.
	FindToken(ctx context.Context, id string) (token.Token, error)
	// ListTokens gives a page; its cost does not grow with the table.
	ListTokens(ctx context.Context, q token.Query) (token.Page, error)
	// CountCovered counts the usable tokens that a mark would revoke.
	CountCovered(ctx context.Context, m token.Mark) (int, error)
}

// Changer changes tokens. Each method is one transaction that includes e.
type Changer interface {
	// CreateToken inserts a record and the digest of its secret. Inside the
	// transaction it refuses a taken name (token.ErrNameTaken), an owner at
	// its limit (token.ErrQuota) and a digest that exists (token.ErrExists).
	CreateToken(ctx context.Context, n token.New, e audit.Entry) error
	// RotateToken replaces the secret and gives the new record. A revoked,
	// expired or disabled token is refused with token.ErrAlreadyRevoked,
	// token.ErrHasExpired or token.ErrIsDisabled; none, token.ErrNotFound.
	RotateToken(ctx context.Context, r token.Rotation, e audit.Entry) (token.Token, error)
	// RevokeToken ends a token and gives the new record. A revoked one keeps
	// its first reason and time: token.ErrAlreadyRevoked.
	RevokeToken(ctx context.Context, r token.Revocation, e audit.Entry) (token.Token, error)
	// SetDisabled disables (true) or enables a token and gives the new
	// record. A token that is in that state already stays as it is, without
	// an entry; a revoked one gives token.ErrAlreadyRevoked.
	SetDisabled(ctx context.Context, id string, disabled bool, e audit.Entry) (token.Token, error)
	// AddMark revokes all tokens a mark covers, by one row.
	AddMark(ctx context.Context, m token.Mark, e audit.Entry) error
}

// Log is the part of the audit log that the authority writes and reads.
type Log interface {
	// AppendEntry writes an entry that belongs to no change: a refusal.
	AppendEntry(ctx context.Context, e audit.Entry) error
	// ListEntries gives a page, newest first.
	ListEntries(ctx context.Context, q audit.Query) (audit.Page, error)
}

// Directory knows which owners exist.
type Directory interface {
	// HasGroup reports whether a group of this canonical ref exists. An
	// error means that it is not known, never that there is none.
	HasGroup(ctx context.Context, ref string) (bool, error)
	// UserActive reports whether a user of this canonical ref exists and is
	// not disabled.
	UserActive(ctx context.Context, ref string) (bool, error)
}
