package server

import (
	"github.com/tokenwright/tokenwright/internal/surface/openapi"
	"github.com/tokenwright/tokenwright/internal/web"
)

// openAPISurface serves the description of everything that is mounted.
func (s *Server) openAPISurface() (web.Surface, error) {
	return openapi.Surface(openapi.Options{
		Routes: s.Routes, Version: s.opts.Version, PublicURL: s.publicURL, SessionCookie: s.cookies.SessionName(),
		RPCPath: s.cfg.Kinds.Workspace.RPCPath, Limits: web.Limits{PerAddress: publicPerMinute},
	}), nil
}
