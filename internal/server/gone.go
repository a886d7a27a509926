package server

import (
	"context"
	"errors"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// goneOwners gives what finds owners whom the built-in directory does not know;
// nil with a catalog, for which pages would have to wait.
func (s *Server) goneOwners() func(ctx context.Context, owners []string) ([]string, error) {
	if s.cfg.Directory.CatalogURL != "" {
		return nil
	}
	return func(ctx context.Context, owners []string) (gone []string, err error) {
		known := map[string]bool{}
		groups, err := s.store.ListGroups(ctx)
		if err != nil {
			return nil, err
		}
		for _, group := range groups {
			known[group.Ref] = true
		}
		for _, owner := range owners {
			if strings.HasPrefix(owner, "user:") {
				_, err := s.store.FindUser(ctx, owner)
				if err != nil && !errors.Is(err, token.ErrNotFound) {
					return nil, err
				}
				known[owner] = err == nil
			}
			if !known[owner] {
				gone = append(gone, owner)
			}
		}
		return gone, nil
	}
}
