package authority

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// Store keeps tokens and the log. store/sqlite and store/postgres provide it.
//
// All methods: an error that wraps token.ErrUnavailable means that the answer
// is not known; for a mutation, that it may or may not have happened.
type Store interface {
	Tokens
	Importer
	Log
	Grants
}

// Grants keeps what the authorization server needs.
type Grants interface {
	Authorizations
	Codes
	Clients
	Scrypts
	AccessRevoker
}

// Tokens keeps tokens.
type Tokens interface {
	Finder
	Changer
	Rotator
	Names
}

// Names keeps by what tokens hold their names.
type Names interface {
	// NameKeysWritten reports whether all keys are of this version, or a later
	// one; SetNameKeysWritten notes it.
	NameKeysWritten(ctx context.Context, version int) (bool, error)
	SetNameKeysWritten(ctx context.Context, version int, at time.Time) error
	// ListNameClaims gives a page of the names that tokens of a kind hold, behind
	// the given one.
	ListNameClaims(ctx context.Context, after token.NameClaim, limit int) ([]token.NameClaim, error)
	// MoveNames gives tokens other keys, and gives those that kept theirs because
	// another token has the new one.
	MoveNames(ctx context.Context, moves []token.NameMove) ([]token.NameMove, error)
}

// Finder reads tokens.
type Finder interface {
	// FindToken gives the record, or token.ErrNotFound.
	FindToken(ctx context.Context, id string) (token.Token, error)
	// FindByDigest gives the record of a secret, or token.ErrNotFound. One
	// found by a former secret has SecretEndsAt set.
	FindByDigest(ctx context.Context, d token.Digest) (token.Token, error)
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
	// RevokeToken ends a token and gives the new record. A revoked one keeps
	// its first reason and time: token.ErrAlreadyRevoked.
	RevokeToken(ctx context.Context, r token.Revocation, e audit.Entry) (token.Token, error)
	// SetDisabled disables (true) or enables a token and gives the new
	// record. A token that is in that state already stays as it is, without
	// an entry; a revoked one gives token.ErrAlreadyRevoked.
	SetDisabled(ctx context.Context, id string, disabled bool, e audit.Entry) (token.Token, error)
	// AddMark revokes all tokens a mark covers, by one row, and gives the
	// mark as it is kept. One whose NotBefore is its own time covers all that
	// exists, also what a node with a clock that is ahead has issued.
	AddMark(ctx context.Context, m token.Mark, e audit.Entry) (token.Mark, error)
}

// Rotator lets something new take the place of a token or its secret. Each method
// is one transaction that includes the entries.
type Rotator interface {
	// RotateToken replaces the secret and gives the new record. A revoked,
	// expired or disabled token is refused with token.ErrAlreadyRevoked,
	// token.ErrHasExpired or token.ErrIsDisabled; none, token.ErrNotFound.
	RotateToken(ctx context.Context, r token.Rotation, e audit.Entry) (token.Token, error)
	// EndFormerSecret ends the former secret that a record was found by. One
	// that has ended meanwhile is token.ErrNotFound.
	EndFormerSecret(ctx context.Context, found token.Token, e audit.Entry) error
	// ReplaceToken puts a new record in the place of another, whose entry is
	// e; issued is that of the new one. Beside the refusals of RotateToken
	// there is token.ErrExists for a token that was replaced before. The new
	// one is dated as the former; what that had replaced ends at once.
	ReplaceToken(ctx context.Context, r token.Replacement, issued, e audit.Entry) error
}

// Importer takes many tokens over at once.
type Importer interface {
	// StageImport keeps lines aside, with the entries that will tell of them.
	StageImport(ctx context.Context, id string, lines []token.ImportLine, entries []audit.Entry) error
	// FindConflicts gives the lines that conflict with what is stored or with
	// another line.
	FindConflicts(ctx context.Context, im token.Import) ([]token.LineConflict, error)
	// ApplyImport takes all lines over in one transaction that includes the
	// entry of each and e. token.ErrExists and token.ErrQuota mean that there
	// are conflicts; nothing has changed then.
	ApplyImport(ctx context.Context, im token.Import, e audit.Entry) error
	// DropImport removes what was kept aside.
	DropImport(ctx context.Context, im token.Import) error
}

// Log is the part of the audit log that the authority writes and reads.
type Log interface {
	// AppendEntry writes an entry that belongs to no change: a refusal.
	AppendEntry(ctx context.Context, e audit.Entry) error
	// ListEntries gives a page, newest first.
	ListEntries(ctx context.Context, q audit.Query) (audit.Page, error)
}

// Authorizations keeps what OAuth clients ask of people, until they have
// answered. What is not there, or not the browser's and the person's, is
// token.ErrNotFound.
type Authorizations interface {
	// AddAuthorization keeps a pending one; too many are token.ErrLimited.
	AddAuthorization(ctx context.Context, a token.Authorization, bounds token.PendingBounds) error
	FindAuthorization(ctx context.Context, id string) (token.Authorization, error)
	// ClaimAuthorization binds one that is nobody's yet to a person.
	ClaimAuthorization(ctx context.Context, id string, browser token.Digest, user string, now time.Time) error
	// AnswerAuthorization keeps the answer. Of two at once one counts.
	AnswerAuthorization(ctx context.Context, a token.AuthorizationAnswer, e audit.Entry) error
	// FindMint finds the authorization of a mint by the digest of its state.
	FindMint(ctx context.Context, state token.Digest) (token.Authorization, error)
}

// Codes turns answers into tokens.
type Codes interface {
	// EndAuthorization uses one up from which nothing came out.
	EndAuthorization(ctx context.Context, id string) error
	// FindCode gives the authorization of a code, or token.ErrNotFound.
	FindCode(ctx context.Context, code token.Digest) (token.Authorization, error)
	// FailCode counts a wrong attempt; the fifth ends the code.
	FailCode(ctx context.Context, code token.Digest) error
	// RedeemCode uses a code up and creates what comes out of it, in one
	// transaction. A second use ends that and gives it with token.ErrReplayed.
	RedeemCode(ctx context.Context, use token.CodeUse, issued audit.Entry, by token.Principal) (token.Token, error)
	// ReplaceRefresh replaces a refresh token by presenting it. A former one
	// ends the record and gives it with token.ErrRotated.
	ReplaceRefresh(ctx context.Context, use token.RefreshUse, rotated audit.Entry, by token.Principal) (token.Token, error)
}

// Scrypts keeps what was imported of refresh tokens, until they are presented.
type Scrypts interface {
	// FindScrypt gives the hash of a record's secret, or token.ErrNotFound.
	FindScrypt(ctx context.Context, tokenID string) (token.ScryptHash, error)
	// ReplaceScrypt puts the digest into the place of the hash. Of several at
	// once one counts; for the others it is token.ErrNotFound.
	ReplaceScrypt(ctx context.Context, t token.Token, d token.Digest, e audit.Entry) error
}

// Clients keeps registered OAuth clients.
type Clients interface {
	// AddClient keeps a client; beyond the limits it is token.ErrLimited in all,
	// token.ErrQuota for one registrar.
	AddClient(ctx context.Context, c token.Client, limits token.ClientLimits, e audit.Entry) error
	// FindClient gives a registered client, or token.ErrNotFound.
	FindClient(ctx context.Context, id string) (token.Client, error)
	// ListClients gives all of them, by when they were made.
	ListClients(ctx context.Context) ([]token.Client, error)
	// TouchClient notes that a client was used, and that it lives until then.
	TouchClient(ctx context.Context, id string, at, until time.Time) error
	// RemoveClient forgets a client and ends what people let it do, however
	// much that is.
	RemoveClient(ctx context.Context, id string, e audit.Entry) error
}

// AccessRevoker keeps which access JWTs were ended.
type AccessRevoker interface {
	// RevokeAccess ends one access JWT, which would end by itself at until.
	RevokeAccess(ctx context.Context, jti string, until time.Time, e audit.Entry) error
}

// Workspaces knows who is what in a workspace.
type Workspaces interface {
	// FindStanding says what a user is in a workspace now. An error means that
	// it is not known.
	FindStanding(ctx context.Context, user, workspace string) (token.Standing, error)
}

// Directory knows which owners exist, and who is in which group.
type Directory interface {
	// HasGroup reports whether a group of this canonical ref exists. An
	// error means that it is not known, never that there is none.
	HasGroup(ctx context.Context, ref string) (bool, error)
	// UserActive reports whether a user of this canonical ref exists and is
	// not disabled.
	UserActive(ctx context.Context, ref string) (bool, error)
	// GroupsOf gives the groups that a user is in now.
	GroupsOf(ctx context.Context, user string) ([]string, error)
}
