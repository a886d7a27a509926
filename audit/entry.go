package audit

import (
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Action names what was done or tried. The part before the dot is the thing.
type Action string

// The actions.
const (
	TokenIssued   Action = "token.issued"
	TokenRotated  Action = "token.rotated"
	TokenRevoked  Action = "token.revoked"
	TokenDisabled Action = "token.disabled"
	TokenEnabled  Action = "token.enabled"
	// SecretEnded is the end of a former secret of a token before its overlap
	// is over, by somebody who held it; the token goes on with its new one.
	SecretEnded Action = "secret.ended"
	// TokenImported is a token that was taken over from elsewhere, one entry
	// for each; TokensImported is the file that they came in.
	TokenImported  Action = "token.imported"
	TokensImported Action = "tokens.imported"
	// TokenAdopted is the first presentation of a token that was imported by a
	// slow hash, in whose place its digest came.
	TokenAdopted Action = "token.adopted"
	// TokensRevoked is a mass revocation: one entry, however many tokens.
	TokensRevoked Action = "tokens.revoked"

	RoleGranted   Action = "role.granted"
	RoleWithdrawn Action = "role.withdrawn"

	UserAdded      Action = "user.added"
	UserDisabled   Action = "user.disabled"
	UserEnabled    Action = "user.enabled"
	GroupAdded     Action = "group.added"
	GroupJoined    Action = "group.joined"
	GroupLeft      Action = "group.left"
	WorkspaceAdded Action = "workspace.added"
	// WorkspaceDisabled refuses all tokens of a workspace until it is enabled.
	WorkspaceDisabled Action = "workspace.disabled"
	WorkspaceEnabled  Action = "workspace.enabled"
	// WorkspaceJoined and WorkspaceLeft carry the role in Details.
	WorkspaceJoined Action = "workspace.joined"
	WorkspaceLeft   Action = "workspace.left"

	// PeerDisabled refuses the credentials of a peer until it is enabled.
	PeerDisabled Action = "peer.disabled"
	PeerEnabled  Action = "peer.enabled"

	KeyAdded   Action = "key.added"
	KeyRetired Action = "key.retired"
	KeyRemoved Action = "key.removed"

	// LinkMade is a one-time sign-in link, AccessTokenMade a short-lived
	// access JWT made on an administrator's request.
	LinkMade        Action = "link.made"
	LinkUsed        Action = "link.used"
	AccessTokenMade Action = "access-token.made"
	// AccessTokenRevoked ends one access JWT before its time.
	AccessTokenRevoked Action = "access-token.revoked"

	// SessionBegun is a sign-in, SessionEnded the end of a session by its
	// owner or an administrator. SessionsEnded ends all of one user.
	SessionBegun  Action = "session.begun"
	SessionEnded  Action = "session.ended"
	SessionsEnded Action = "sessions.ended"
	// GroupsClaimed is a change of what a provider says about a user.
	GroupsClaimed Action = "groups.claimed"
	// IdentityForgotten lets a user sign in with another account.
	IdentityForgotten Action = "identity.forgotten"

	// AuthorizationApproved and AuthorizationRejected are what a person said to
	// an OAuth client, which Name names.
	AuthorizationApproved Action = "authorization.approved"
	AuthorizationRejected Action = "authorization.rejected"
	// CodeReplayed and TokenReused: something that is good once was used again,
	// so that one of two holders is a thief. What came out of it ends with an
	// entry of its own.
	CodeReplayed Action = "code.replayed"
	TokenReused  Action = "token.reused"
	// ClientAdded and ClientRemoved are about OAuth clients.
	ClientAdded   Action = "client.added"
	ClientRemoved Action = "client.removed"

	// AccessRefused is a request that the route guard turned away.
	AccessRefused Action = "access.refused"
)

// Backend is the detail that names the back end through which the actor acted.
const Backend = "backend"

// Outcome says whether the action was allowed.
type Outcome string

// The outcomes.
const (
	Allowed Outcome = "allowed"
	Refused Outcome = "refused"
)

// Entry is one line of the log. It never holds a secret or a digest; tokens
// are named by their id. Empty members are left out of the stored form.
//
// The order and names of the members are the stored form, and the stored form
// is what the tree is computed over: members are only ever added, at the end.
type Entry struct {
	ID      string    `json:"id"` // UUID version 7
	At      time.Time `json:"at"` // UTC, microseconds
	Action  Action    `json:"action"`
	Outcome Outcome   `json:"outcome"`
	// Actor is the ref of the principal, "" for nobody (a refused stranger).
	Actor     string `json:"actor,omitempty"`
	ActorType string `json:"actorType,omitempty"`
	// Via is the id of the token that the actor presented, if it has one.
	Via       string     `json:"via,omitempty"`
	TokenID   string     `json:"tokenId,omitempty"`
	Kind      token.Kind `json:"kind,omitempty"`
	Owner     string     `json:"owner,omitempty"`
	Workspace string     `json:"workspace,omitempty"`
	Subject   string     `json:"subject,omitempty"`
	// Name is the token's name, or that of the user, group, role or key.
	Name string `json:"name,omitempty"`
	// Reason is the actor's words for a change and the reason's code for a
	// refusal.
	Reason    string            `json:"reason,omitempty"`
	Details   map[string]string `json:"details,omitempty"`
	RequestID string            `json:"requestId,omitempty"`
	Address   string            `json:"address,omitempty"`
}

// NewEntry begins an entry about an allowed action of a principal.
func NewEntry(action Action, by token.Principal, at time.Time) Entry {
	e := Entry{
		ID: token.NewID(), At: at.UTC().Truncate(time.Microsecond), Action: action, Outcome: Allowed,
		Actor: by.Ref, ActorType: string(by.Type), Via: by.TokenID,
		RequestID: by.RequestID, Address: by.Address,
	}
	if by.Peer != "" {
		return e.With(Backend, by.Peer)
	}
	return e
}

// About fills in which token the entry is about.
func (e Entry) About(t token.Token) Entry {
	e.TokenID, e.Kind, e.Owner = t.ID, t.Kind, t.Owner
	e.Workspace, e.Subject, e.Name = t.Workspace, string(t.Subject), t.Name
	return e
}

// Also begins the entry of what the same act, at the same time, did to another
// token.
func (e Entry) Also(action Action, t token.Token, reason string) Entry {
	other := e.About(t)
	other.ID, other.Action, other.Reason, other.Details = token.NewID(), action, reason, nil
	if backend := e.Details[Backend]; backend != "" {
		return other.With(Backend, backend)
	}
	return other
}

// Refuse turns the entry into a refusal for the reason of err.
func (e Entry) Refuse(err error) Entry {
	e.Outcome, e.Reason = Refused, token.ReasonOf(err)
	return e
}

// With adds a detail. Keys are short words, values never secrets.
func (e Entry) With(key, value string) Entry {
	details := make(map[string]string, len(e.Details)+1)
	for k, v := range e.Details {
		details[k] = v
	}
	details[key] = value
	e.Details = details
	return e
}
