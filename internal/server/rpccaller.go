package server

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/internal/wstoken"
	"github.com/tokenwright/tokenwright/token"
)

// rpcCaller gives who presents a bearer to the account RPC: whoever the other
// surfaces take, and, where the operator trusts them, people with a login token
// of the host.
func (s *Server) rpcCaller(ctx context.Context, bearer string) (token.Principal, error) {
	who, err := s.bearer.Authenticate(ctx, bearer)
	if !s.cfg.Kinds.Workspace.TrustHostTokens || !errors.Is(err, token.ErrUnauthenticated) || errors.Is(err, token.ErrWrongKind) {
		return who, err
	}
	account, loginErr := wstoken.OpenLogin(ctx, bearer, s.workspaceKeys, s.forward())
	if loginErr != nil {
		return who, err
	}
	user, findErr := s.store.FindUserByUUID(ctx, account)
	switch {
	case errors.Is(findErr, token.ErrNotFound):
		return token.Principal{}, token.ErrUnknown
	case findErr != nil:
		return token.Principal{}, token.Unavailable(findErr)
	}
	return s.bearer.Person(ctx, user.Ref)
}
