package authority

import (
	"context"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// maxWorkspaceTokenName is in UTF-16 code units.
const maxWorkspaceTokenName = 255

// FieldError is token.ErrInvalid with the field and the sort of its fault, for
// protocols whose answers name them.
type FieldError struct {
	Field string
	// Reason is one of missing, type, empty, too_long, characters, range,
	// unknown_scope, quota, not_found.
	Reason string
	text   string
}

// NewFieldError makes a FieldError with a safe text for people.
func NewFieldError(field, reason, text string) *FieldError { return &FieldError{field, reason, text} }

// Error gives the text.
func (e *FieldError) Error() string { return e.text }

// Unwrap gives an error of meaning token.ErrInvalid that has the text.
func (e *FieldError) Unwrap() error { return token.Invalid(e.text) }

func workspaceContract() contract {
	return contract{
		check: (*Authority).checkWorkspace,
		stand: (*Authority).standWorkspace,
		quota: "The account already has %d usable tokens",
		// Nothing of the token may be shown: its first characters are the same
		// for all, and the others are its claims.
		hint: func(string, string) string { return "" },
	}
}

// checkWorkspace applies the rules of a workspace token: name, expiry, scopes.
// Whether owner and workspace exist is no question of a field: who is no member
// of a workspace must not learn whether there is one.
func (a *Authority) checkWorkspace(_ context.Context, ask asked) (token.Grant, error) {
	name, err := CheckWorkspaceTokenName(ask.Name)
	if err != nil {
		return token.Grant{}, err
	}
	expiresAt, err := resolveExpiry(ask.rules, ask.Expiry, ask.now)
	if err != nil {
		return token.Grant{}, err
	}
	var scopes token.Scopes
	if ask.Scopes != nil || ask.rules.RequireScopes {
		if scopes, err = CheckWorkspaceScopes(ask.Scopes); err != nil {
			return token.Grant{}, err
		}
	}
	owner, ok := token.ParseUserRef(ask.Owner)
	if !ok {
		return token.Grant{}, NewFieldError("user", "type", "user must be a user ref such as user:default/alice")
	}
	return token.Grant{
		Kind: ask.Kind, Name: name, Owner: owner, Workspace: ask.Workspace, Subject: token.Subject(owner),
		Scopes: scopes, ExpiresAt: expiresAt,
	}, nil
}

// CheckWorkspaceTokenName gives a name as it is stored: trimmed of white space,
// then 1 to 255 UTF-16 code units without control characters and without those
// that reorder what a reader sees.
func CheckWorkspaceTokenName(raw string) (string, error) {
	name := strings.TrimSpace(raw)
	switch {
	case name == "":
		return "", NewFieldError("name", "empty", "name must not be empty")
	case token.UTF16Length(name) > maxWorkspaceTokenName:
		return "", NewFieldError("name", "too_long", "name must have at most 255 characters")
	case !token.ValidText(name) || strings.ContainsAny(name, "\t\r\n"):
		return "", NewFieldError("name", "characters", "name contains characters that are not allowed")
	}
	return name, nil
}

// CheckWorkspaceScopes gives one or more scopes in their order.
func CheckWorkspaceScopes(list []string) (token.Scopes, error) {
	scopes, ok := token.ParseWorkspaceScopes(list)
	if !ok {
		return nil, NewFieldError("scopes", "unknown_scope", "scopes must be one or more of read:*, write:*, delete:*")
	}
	return scopes, nil
}

// standWorkspace: the owner must be a member with at least the power of a user.
func (a *Authority) standWorkspace(ctx context.Context, grant token.Grant) error {
	standing, err := a.opts.Workspaces.FindStanding(ctx, grant.Owner, grant.Workspace)
	switch {
	case err != nil:
		return token.Unavailable(err)
	case !standing.Active || standing.Closed || standing.Power < token.PowerUser:
		return errNoMember
	}
	return nil
}

// errNoMember is the same for a workspace that does not exist or is disabled.
var errNoMember = token.NewError(token.ErrRole, "The account is no member of the workspace with at least the role user", nil)
