package server

import (
	"encoding/json"

	"github.com/tokenwright/tokenwright/internal/surface/openapi"
	"github.com/tokenwright/tokenwright/internal/web"
)

// describer gives what describes everything that is mounted.
func (s *Server) describer() func() (json.RawMessage, error) {
	return openapi.Describer(openapi.Options{
		Routes: s.Routes, Version: s.opts.Version, PublicURL: s.publicURL, SessionCookie: s.cookies.SessionName(),
		RPCPath: s.cfg.Kinds.Workspace.RPCPath,
	})
}

func (s *Server) openAPISurface() (web.Surface, error) {
	return openapi.Surface(s.description, web.Limits{PerAddress: publicPerMinute}), nil
}
