package workspace

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// listedToken is a record as the RPC lists it. Times are milliseconds since
// 1970.
type listedToken struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	AccountUUID   string   `json:"accountUuid,omitempty"` // in lists of a whole workspace
	AccountName   string   `json:"accountName,omitempty"`
	WorkspaceUUID string   `json:"workspaceUuid"`
	WorkspaceName string   `json:"workspaceName"`
	CreatedOn     int64    `json:"createdOn"`
	ExpiresOn     int64    `json:"expiresOn"`
	Revoked       bool     `json:"revoked"`
	Scopes        []string `json:"scopes,omitempty"`
	LastUsedOn    *int64   `json:"lastUsedOn"`
	RevokedOn     *int64   `json:"revokedOn"`
	RevokedBy     *string  `json:"revokedBy"`
	ReplacedBy    *string  `json:"replacedBy"`
	Status        string   `json:"status"`
}

func (h handlers) listAPITokens(ctx context.Context, by token.Principal, p params) (any, error) {
	limit, offset, err := p.page()
	if err != nil {
		return nil, err
	}
	page, err := h.Authority.List(ctx, by, token.Query{
		Kind: token.KindWorkspace, Owner: by.Ref, Limit: limit, Offset: offset, NoTotal: true,
	})
	if err != nil {
		return nil, err
	}
	return h.listed(ctx, page.Tokens, false)
}

func (h handlers) listWorkspaceAPITokens(ctx context.Context, by token.Principal, p params) (any, error) {
	uuid, err := p.uuid("workspaceUuid")
	if err != nil {
		return nil, err
	}
	limit, offset, err := p.page()
	if err != nil {
		return nil, err
	}
	name, err := h.nameOf(ctx, uuid)
	if err != nil {
		return nil, err
	}
	if name == "" {
		return nil, h.refuse(ctx, by, "listWorkspaceApiTokens", token.ErrRole)
	}
	page, err := h.Authority.ListInWorkspace(ctx, by, token.Query{Workspace: name, Limit: limit, Offset: offset, NoTotal: true})
	if err != nil {
		return nil, err
	}
	return h.listed(ctx, page.Tokens, true)
}

// listed gives the wire forms of records, with their owners where wanted.
func (h handlers) listed(ctx context.Context, tokens []token.Token, owners bool) ([]listedToken, error) {
	rules, err := h.Authority.Rules(token.KindWorkspace)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	if owners {
		if names, err = h.Directory.NamesOf(ctx, ownersOf(tokens)); err != nil {
			return nil, token.Unavailable(err)
		}
	}
	now, list := h.Authority.Now(), make([]listedToken, len(tokens))
	for i, t := range tokens {
		standing, err := h.Directory.FindStanding(ctx, t.Owner, t.Workspace)
		if err != nil {
			return nil, token.Unavailable(err)
		}
		list[i] = newListedToken(t, standing.Workspace, t.State(now, rules.Notice))
		if owners {
			list[i].AccountUUID, list[i].AccountName = standing.Account, nameOr(names, t.Owner)
		}
	}
	return list, nil
}

func newListedToken(t token.Token, workspace string, state token.State) listedToken {
	return listedToken{
		ID: t.ID, Name: t.Name, WorkspaceUUID: workspace, WorkspaceName: t.Workspace,
		CreatedOn: t.CreatedAt.UnixMilli(), ExpiresOn: t.ExpiresAt.UnixMilli(),
		Revoked: !t.RevokedAt.IsZero(), Scopes: t.Scopes, LastUsedOn: millis(t.LastUsedAt),
		RevokedOn: millis(t.RevokedAt), RevokedBy: optional(t.RevokedBy), ReplacedBy: optional(t.ReplacedBy),
		Status: string(state),
	}
}

func ownersOf(tokens []token.Token) []string {
	refs := make([]string, len(tokens))
	for i, t := range tokens {
		refs[i] = t.Owner
	}
	return refs
}

// nameOr gives the name of somebody, or their ref.
func nameOr(names map[string]string, ref string) string {
	if name := names[ref]; name != "" {
		return name
	}
	return ref
}

func millis(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := t.UnixMilli()
	return &n
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
