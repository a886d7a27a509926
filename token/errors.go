package token

import "errors"

// Meanings: what an answer to the outside may depend on. Every error that
// leaves a package of this module wraps exactly one of them, or is a fault of
// the program.
var (
	// ErrInvalid: the request breaks a rule of a field or of its form.
	ErrInvalid = errors.New("invalid request")
	// ErrUnauthenticated: no credential, or one that is not good.
	ErrUnauthenticated = errors.New("not authenticated")
	// ErrDenied: the caller is known and may not do this.
	ErrDenied = errors.New("denied")
	// ErrNotFound: no such thing, or not one the caller may know of.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the state of the thing does not allow the change.
	ErrConflict = errors.New("conflict")
	// ErrLimited: a rate or a quota is used up.
	ErrLimited = errors.New("limited")
	// ErrUnavailable: the store, the log or a key cannot be used now. It
	// never means that a token is bad.
	ErrUnavailable = errors.New("temporarily unavailable")
)

// Meanings lists all meanings, in the order in which an error that wraps
// several of them is read. Unavailable comes first: an answer that could not
// be computed must never look like a refusal.
func Meanings() []error {
	return []error{
		ErrUnavailable, ErrLimited, ErrUnauthenticated, ErrDenied,
		ErrNotFound, ErrConflict, ErrInvalid,
	}
}

// Reason is why something was refused. A reason wraps its meaning, so
// errors.Is(err, ErrUnauthenticated) holds for every reason of that meaning.
// Reasons are written to the audit log and never to the outside.
type Reason struct {
	meaning error
	code    string
}

// Error gives the reason's code, a short word such as "expired".
func (r *Reason) Error() string { return r.code }

// Unwrap gives the meaning.
func (r *Reason) Unwrap() error { return r.meaning }

func reason(meaning error, code string) *Reason { return &Reason{meaning, code} }

// Reasons why a presented credential is not good.
var (
	ErrNoCredential = reason(ErrUnauthenticated, "no_credential")
	ErrMalformed    = reason(ErrUnauthenticated, "malformed")
	ErrUnknown      = reason(ErrUnauthenticated, "unknown")
	ErrExpired      = reason(ErrUnauthenticated, "expired")
	ErrNotYet       = reason(ErrUnauthenticated, "not_yet_valid")
	ErrRevoked      = reason(ErrUnauthenticated, "revoked")
	ErrRotated      = reason(ErrUnauthenticated, "rotated")
	ErrDisabled     = reason(ErrUnauthenticated, "disabled")
	// ErrReplayed: something that is good once was used again.
	ErrReplayed  = reason(ErrUnauthenticated, "replayed")
	ErrSignature = reason(ErrUnauthenticated, "signature")
	ErrIssuer    = reason(ErrUnauthenticated, "issuer")
	ErrAudience  = reason(ErrUnauthenticated, "audience")
	ErrWrongKind = reason(ErrUnauthenticated, "wrong_kind")
	// ErrNotBearer: a refresh token, which is exchanged for a JWT and opens
	// nothing by itself.
	ErrNotBearer = reason(ErrUnauthenticated, "not_a_bearer")
	// ErrMismatch: a token that is signed well says something else than its
	// record.
	ErrMismatch = reason(ErrUnauthenticated, "mismatch")
	ErrSubject  = reason(ErrUnauthenticated, "subject")
	// ErrAlgorithm: a JWT names another algorithm than its key has.
	ErrAlgorithm = reason(ErrUnauthenticated, "algorithm")
	// ErrClaimType: a claim is missing, or not of the type it must have.
	ErrClaimType = reason(ErrUnauthenticated, "claim_type")
	// ErrNoKeys: nothing is configured that could have made it.
	ErrNoKeys = reason(ErrUnauthenticated, "no_keys")
	// ErrLifetime: a JWT lives longer than its kind may (row A-18).
	ErrLifetime = reason(ErrUnauthenticated, "lifetime")
	// ErrIdentity: the user signs in with another account of the provider.
	ErrIdentity = reason(ErrUnauthenticated, "identity")
	// ErrRenamed: the account of the provider is that of another user.
	ErrRenamed = reason(ErrUnauthenticated, "renamed")
	// ErrReserved: the user is bound to no account of the provider, and is not
	// for whoever comes first under their name.
	ErrReserved = reason(ErrUnauthenticated, "reserved")
)

// Reasons why a known caller may not do something.
var (
	ErrScope      = reason(ErrDenied, "scope")
	ErrPermission = reason(ErrDenied, "permission")
	ErrNoRule     = reason(ErrDenied, "no_rule")
	// ErrWorkspace: a token of one workspace asks for another.
	ErrWorkspace = reason(ErrDenied, "workspace")
	// ErrRoute: what was asked for is not open to this kind of token, whatever
	// its scopes.
	ErrRoute = reason(ErrDenied, "route")
	// ErrRole: the account is no member of the workspace, or less than a user
	// there.
	ErrRole = reason(ErrDenied, "role")
	// ErrRestricted: the access restrictions of a peer do not reach this far.
	ErrRestricted = reason(ErrDenied, "restricted")
	// ErrTokensMintTokens: a credential that came out of a long-lived token
	// may not issue or rotate tokens (row E-03 of the threat catalogue).
	ErrTokensMintTokens = reason(ErrDenied, "tokens_do_not_issue_tokens")
	// ErrCrossSite: a browser was made to send the request by another site
	// (rows F-07 and J-06).
	ErrCrossSite = reason(ErrDenied, "cross_site")
)

// Reasons why a change does not fit the state of things.
var (
	ErrNameTaken      = reason(ErrConflict, "name_taken")
	ErrQuota          = reason(ErrConflict, "quota")
	ErrAlreadyRevoked = reason(ErrConflict, "already_revoked")
	ErrHasExpired     = reason(ErrConflict, "has_expired")
	ErrIsDisabled     = reason(ErrConflict, "is_disabled")
	ErrWasRotated     = reason(ErrConflict, "was_rotated") // another secret is in the place of the one meant
	ErrExists         = reason(ErrConflict, "exists")
	ErrLastAdmin      = reason(ErrConflict, "last_administrator")
)

// ErrManyCredentials means that a request carried more than one credential, or
// one in a place where credentials are never read (RFC 6750 section 3.1).
var ErrManyCredentials = reason(ErrInvalid, "many_credentials")

// Error carries a message that is safe to show to a stranger, and hides its
// cause from them: Error() gives the safe message alone, while errors.Is and
// errors.As still see meaning and cause. Use [Cause] to log the cause.
type Error struct {
	meaning error
	message string
	cause   error
}

// NewError makes an Error. meaning is a meaning or a reason; message is plain
// words without any value sent by the caller; cause may be nil.
func NewError(meaning error, message string, cause error) *Error {
	return &Error{meaning, message, cause}
}

// Invalid is an Error of meaning ErrInvalid.
func Invalid(message string) *Error { return NewError(ErrInvalid, message, nil) }

// Unavailable is an Error of meaning ErrUnavailable that hides cause.
func Unavailable(cause error) *Error {
	return NewError(ErrUnavailable, "Temporarily unavailable", cause)
}

// Error gives the safe message.
func (e *Error) Error() string { return e.message }

// Unwrap gives meaning and cause.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.meaning}
	}
	return []error{e.meaning, e.cause}
}

// Message gives the safe message of the first Error in err's tree, or "".
func Message(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.message
	}
	return ""
}

// Cause gives the hidden cause of the first Error in err's tree that has one,
// or err itself. An Error that is the cause of another, as where each room says
// that it does not know, says nothing itself: its own cause is given. For logs
// only.
func Cause(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.cause == nil {
		return err
	}
	for {
		inner, ok := e.cause.(*Error) //nolint:errorlint // one that stands in a sentence is part of what is told
		if !ok || inner.cause == nil {
			return e.cause
		}
		e = inner
	}
}

// ReasonOf gives the code that the audit log keeps for err: the reason's code
// if there is one, else the meaning's text, else "fault".
func ReasonOf(err error) string {
	var r *Reason
	if errors.As(err, &r) {
		return r.code
	}
	for _, m := range Meanings() {
		if errors.Is(err, m) {
			return m.Error()
		}
	}
	return "fault"
}
