package console

import (
	"time"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/token"
)

// tokenView is a token as pages show it.
type tokenView struct {
	ID, Path                   string
	Name, Description, Hint    string
	Owner, Subject, CreatedBy  string
	Scopes                     []string
	State                      token.State
	Created, Expires, LastUsed time.Time
	Disabled, Revoked          time.Time
	RevokedBy                  string
	UsedFrom                   string      // from how many addresses, or "" where it is not known
	OwnerTitle, ScopesTitle    message.Key // what they are called
	Workspace                  string
	Unscoped                   bool   // may do everything because nothing was said
	Replaces, ReplacedBy       string // ids

	MayChange, MayRevoke, MayDisable bool
}

func viewOf(t token.Token, state token.State) tokenView {
	if t.Kind == token.KindWorkspace && len(t.Scopes) == 0 {
		one := viewOf(withAllScopes(t), state)
		one.Unscoped = true
		return one
	}
	return tokenView{
		ID: t.ID, Name: t.Name, Description: t.Description, Hint: t.Hint,
		Owner: t.Owner, Subject: string(t.Subject), CreatedBy: t.CreatedBy, Scopes: t.Scopes, State: state,
		Created: t.CreatedAt, Expires: t.ExpiresAt, LastUsed: t.LastUsedAt,
		Disabled: t.DisabledAt, Revoked: t.RevokedAt, RevokedBy: t.RevokedBy,
		Workspace: t.Workspace, Replaces: t.Replaces, ReplacedBy: t.ReplacedBy,
	}
}

// Works reports whether the token can still be used, or could again.
func (t tokenView) Works() bool {
	return t.State != token.StateRevoked && t.State != token.StateExpired
}

// IsDisabled reports whether the token was switched off.
func (t tokenView) IsDisabled() bool { return t.State == token.StateDisabled }

// toneOf gives the colour of a state.
func toneOf(state token.State) page.Tone {
	switch state {
	case token.StateActive:
		return page.ToneGood
	case token.StateExpiring:
		return page.ToneWarn
	case token.StateExpired, token.StateRevoked:
		return page.ToneBad
	}
	return page.ToneQuiet
}

// stateKey names a state.
func stateKey(state token.State) message.Key { return message.Key("token.state." + string(state)) }
