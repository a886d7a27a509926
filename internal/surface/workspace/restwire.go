package workspace

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

type wireToken struct {
	ID              string          `json:"id"`
	Name            string          `json:"name"`
	User            string          `json:"user"`
	UserDisplayName string          `json:"userDisplayName"`
	Workspace       string          `json:"workspace"`
	WorkspaceUUID   string          `json:"workspaceUuid"`
	Scopes          []string        `json:"scopes"` // all three for an unscoped token
	Unscoped        bool            `json:"unscoped"`
	CreatedBy       string          `json:"createdBy"`
	CreatedAt       wire.Timestamp  `json:"createdAt"`
	ExpiresAt       wire.Timestamp  `json:"expiresAt"`
	LastUsedAt      *wire.Timestamp `json:"lastUsedAt"`
	RevokedAt       *wire.Timestamp `json:"revokedAt"`
	RevokedBy       *string         `json:"revokedBy"`
	Replaces        *string         `json:"replaces"`
	ReplacedBy      *string         `json:"replacedBy"`
	Status          string          `json:"status"`
}

// wireAll gives the wire forms of records at this moment.
func (h handlers) wireAll(ctx context.Context, tokens []token.Token) ([]wireToken, error) {
	rules, err := h.Authority.Rules(token.KindWorkspace)
	if err != nil {
		return nil, err
	}
	names, err := h.Directory.NamesOf(ctx, ownersOf(tokens))
	if err != nil {
		return nil, token.Unavailable(err)
	}
	now, records := h.Authority.Now(), make([]wireToken, len(tokens))
	for i, t := range tokens {
		standing, err := h.Directory.FindStanding(ctx, t.Owner, t.Workspace)
		if err != nil {
			return nil, token.Unavailable(err)
		}
		records[i] = newWireToken(t, t.State(now, rules.Notice))
		records[i].UserDisplayName, records[i].WorkspaceUUID = names[t.Owner], standing.Workspace
	}
	return records, nil
}

func newWireToken(t token.Token, state token.State) wireToken {
	scopes := t.Scopes
	if len(scopes) == 0 {
		scopes = token.WorkspaceScopes()
	}
	return wireToken{
		ID: t.ID, Name: t.Name, User: t.Owner, Workspace: t.Workspace,
		Scopes: scopes, Unscoped: len(t.Scopes) == 0, CreatedBy: t.CreatedBy,
		CreatedAt: wire.Timestamp(t.CreatedAt), ExpiresAt: wire.Timestamp(t.ExpiresAt),
		LastUsedAt: wire.OptionalTime(t.LastUsedAt),
		RevokedAt:  wire.OptionalTime(t.RevokedAt), RevokedBy: wire.OptionalText(t.RevokedBy),
		Replaces: wire.OptionalText(t.Replaces), ReplacedBy: wire.OptionalText(t.ReplacedBy),
		Status: string(state),
	}
}

func newEvent(e audit.Entry) wire.Event {
	event := wire.NewEvent(e)
	event.Event = eventName(e)
	if e.Outcome == audit.Refused {
		event.Metadata = map[string]any{"reason": e.Reason}
	}
	return event
}
