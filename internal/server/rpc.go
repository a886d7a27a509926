package server

import (
	"context"
	"net/http"
	"net/url"

	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/internal/surface/workspace"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// workspaceDirectory is the directory as the surfaces of workspace tokens use
// it.
type workspaceDirectory struct {
	*directory.Standings
	workspaceFinder
}

type workspaceFinder interface {
	FindWorkspace(ctx context.Context, uuid string) (token.Workspace, error)
	NamesOf(ctx context.Context, refs []string) (map[string]string, error)
}

func (s *Server) workspaceOptions() workspace.Options {
	return workspace.Options{
		Authority: s.authority, Directory: workspaceDirectory{s.standings, s.store},
		Authenticate: s.rpcCaller, Record: s.store.AppendEntry, RPCPath: s.cfg.Kinds.Workspace.RPCPath,
		PerMinute: s.cfg.Limits.RequestsPerMinute, PerAddress: publicPerMinute,
	}
}

func (s *Server) workspaceSurface() (web.Surface, error) {
	surface := workspace.REST(s.workspaceOptions())
	surface.Limits.PerAddress = publicPerMinute
	return surface, nil
}

func (s *Server) workspaceRPC() (web.Surface, error) { return workspace.RPC(s.workspaceOptions()), nil }

// listenRPC listens for clients that know the account RPC by its port.
func (s *Server) listenRPC(ctx context.Context) error {
	address := s.cfg.Kinds.Workspace.RPCListen
	if address == "" {
		return nil
	}
	listener, err := listenTCP(ctx, "kinds.workspace.rpc_listen", address)
	if err != nil {
		return err
	}
	s.rpc = &door{name: "rpc", listener: listener}
	s.onClose(ignoreClosed(listener.Close))
	return nil
}

// RPCURL gives the base of the listener of the account RPC, or "".
func (s *Server) RPCURL() string {
	if s.rpc == nil {
		return ""
	}
	return "http://" + s.rpc.listener.Addr().String()
}

// rpcHandler serves the account RPC at "/" and nothing else.
func (s *Server) rpcHandler() http.Handler {
	path := s.cfg.Kinds.Workspace.RPCPath
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI != "/" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		moved := r.Clone(r.Context())
		moved.URL, moved.RequestURI = &url.URL{Path: path}, path
		s.mux.ServeHTTP(w, moved)
	})
}
