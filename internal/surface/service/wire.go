package service

import (
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// The members of these types stand in the order of the contract.

type wireToken struct {
	ID             string          `json:"id"`
	Name           string          `json:"name"`
	Description    string          `json:"description"`
	TokenPrefix    string          `json:"tokenPrefix"`
	GroupEntityRef string          `json:"groupEntityRef"`
	Scopes         []string        `json:"scopes"`
	CreatedBy      string          `json:"createdBy"`
	CreatedAt      wire.Timestamp  `json:"createdAt"`
	ExpiresAt      wire.Timestamp  `json:"expiresAt"`
	LastUsedAt     *wire.Timestamp `json:"lastUsedAt"`
	RevokedAt      *wire.Timestamp `json:"revokedAt"`
	RevokedBy      *string         `json:"revokedBy"`
	Status         string          `json:"status"`
}

type wireScope struct {
	ID          string `json:"id"`
	Description string `json:"description"`
	Plugin      string `json:"plugin"`
}

type wireScopes struct {
	Scopes []wireScope `json:"scopes"`
}

func newWireToken(t token.Token, state token.State) wireToken {
	return wireToken{
		ID: t.ID, Name: t.Name, Description: t.Description, TokenPrefix: t.Hint,
		GroupEntityRef: t.Owner, Scopes: append([]string{}, t.Scopes...),
		CreatedBy: t.CreatedBy, CreatedAt: wire.Timestamp(t.CreatedAt), ExpiresAt: wire.Timestamp(t.ExpiresAt),
		LastUsedAt: wire.OptionalTime(t.LastUsedAt), RevokedAt: wire.OptionalTime(t.RevokedAt), RevokedBy: wire.OptionalText(t.RevokedBy),
		Status: string(state),
	}
}
