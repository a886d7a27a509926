package server

import (
	"context"
	"fmt"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/wstoken"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// workspaceKeys are the secrets of workspace tokens: the configured ones, or
// those that the server made.
type workspaceKeys interface {
	jwt.KeySource
	Signer() (jwt.Signer, error)
}

// buildWorkspaces makes what workspace tokens stand on: secrets, and the memory
// of who is what in a workspace.
func (s *Server) buildWorkspaces(ctx context.Context) error {
	s.standings = directory.NewStandings(s.store, s.people, s.opts.Clock)
	configured, err := s.cfg.WorkspaceSecrets()
	switch {
	case err != nil:
		return err
	case len(configured) == 0:
		s.workspaceKeys = s.keys.WorkspaceSecrets()
		return s.keys.Ensure(ctx, token.KeyUseWorkspace, system())
	}
	secrets, err := wstoken.NewSecrets(configured)
	if err != nil {
		return fmt.Errorf("kinds.workspace.secrets: %w", err)
	}
	s.workspaceKeys = secrets
	return nil
}

// verifyWorkspaces says how workspace tokens are verified.
func (s *Server) verifyWorkspaces() *verify.WorkspaceTokens {
	return &verify.WorkspaceTokens{
		Keys: s.workspaceKeys, Source: s.store, Standing: s.standings.FindStanding,
		RequireScopes: s.cfg.Kinds.Workspace.RequireScopes, Mismatched: s.mismatched,
	}
}

// mismatched records a token that says something else than its record. Nobody
// who does not have a secret can make one.
func (s *Server) mismatched(ctx context.Context, t token.Token) error {
	entry := audit.NewEntry(audit.AccessRefused, token.Principal{}, s.forward()).About(t).Refuse(token.ErrMismatch)
	return s.store.AppendEntry(ctx, entry)
}

// workspaceRules are the rules of workspace tokens.
func (s *Server) workspaceRules() authority.KindRules {
	kind := s.cfg.Kinds.Workspace
	rules := authority.KindRules{
		Kind: token.KindWorkspace,
		Read: policy.WorkspaceRead, Write: policy.WorkspaceWrite, Revoke: policy.WorkspaceRevoke,
		DefaultLifetime: kind.DefaultLifetime, MaxLifetime: kind.MaxLifetime,
		Notice: weekOrQuarter(),
		Limits: token.Limits{MaxPerOwner: kind.MaxPerOwner, Reuse: token.ReuseAlways},
		Mint:   s.mintWorkspace, RequireScopes: kind.RequireScopes,
	}
	for _, scope := range [...]authority.Scope{
		{ID: token.ScopeRead, Description: "Read and search"},
		{ID: token.ScopeWrite, Description: "Create and change"},
		{ID: token.ScopeDelete, Description: "Remove"},
	} {
		rules.Catalogue = append(rules.Catalogue, scope)
	}
	return rules
}

// mintWorkspace writes the token of a record.
func (s *Server) mintWorkspace(ctx context.Context, t token.Token) (token.Secret, error) {
	signer, err := s.workspaceKeys.Signer()
	if err != nil {
		return token.Secret{}, err
	}
	standing, err := s.store.FindStanding(ctx, t.Owner, t.Workspace)
	if err != nil {
		return token.Secret{}, err
	}
	return wstoken.Sign(signer, wstoken.Claims{
		TokenID: t.ID, Account: standing.Account, Workspace: standing.Workspace, Scopes: t.Scopes, ExpiresAt: t.ExpiresAt,
	})
}
