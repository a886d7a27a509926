package user

import (
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// The members of these types stand in the order of the contract.

type wireToken struct {
	ID              string          `json:"id"`
	User            string          `json:"user"`
	UserDisplayName string          `json:"userDisplayName"`
	Name            string          `json:"name"`
	Prefix          string          `json:"prefix"`
	Permissions     []string        `json:"permissions"`
	CreatedBy       string          `json:"createdBy"`
	CreatedAt       wire.Timestamp  `json:"createdAt"`
	ExpiresAt       wire.Timestamp  `json:"expiresAt"`
	LastUsedAt      *wire.Timestamp `json:"lastUsedAt"`
	RevokedAt       *wire.Timestamp `json:"revokedAt"`
	RevokedBy       *string         `json:"revokedBy"`
	Status          string          `json:"status"`
}

type wirePerson struct {
	ID          string  `json:"id"`
	DisplayName string  `json:"displayName"`
	Email       *string `json:"email"`
}

type wirePeople struct {
	Users  []wirePerson `json:"users"`
	Total  int          `json:"total"`
	Limit  int          `json:"limit"`
	Offset int          `json:"offset"`
}

type wireEvent struct {
	ID         string         `json:"id"`
	TokenID    string         `json:"tokenId"`
	Event      string         `json:"event"`
	Actor      *string        `json:"actor"`
	Via        *string        `json:"via"`
	Metadata   map[string]any `json:"metadata"`
	OccurredAt wire.Timestamp `json:"occurredAt"`
}

func newWireToken(t token.Token, name string, state token.State) wireToken {
	return wireToken{
		ID: t.ID, User: t.Owner, UserDisplayName: name, Name: t.Name, Prefix: t.Hint,
		Permissions: append([]string{}, t.Scopes...), CreatedBy: t.CreatedBy,
		CreatedAt: wire.Timestamp(t.CreatedAt), ExpiresAt: wire.Timestamp(t.ExpiresAt),
		LastUsedAt: wire.OptionalTime(t.LastUsedAt),
		RevokedAt:  wire.OptionalTime(t.RevokedAt), RevokedBy: wire.OptionalText(t.RevokedBy),
		Status: string(state),
	}
}

func newWirePerson(p token.User) wirePerson {
	name := p.Name
	if name == "" {
		name = p.Ref
	}
	return wirePerson{ID: p.Ref, DisplayName: name, Email: wire.OptionalText(p.Email)}
}

func newWireEvent(e audit.Entry) wireEvent {
	return wireEvent{
		ID: e.ID, TokenID: e.TokenID, Event: wire.EventName(e.Action), Actor: wire.OptionalText(e.Actor),
		Via: wire.OptionalText(e.Details[audit.Backend]), Metadata: wire.EventMetadata(e), OccurredAt: wire.Timestamp(e.At),
	}
}
