package server

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/tokenwright/tokenwright/internal/surface/admin"
	"github.com/tokenwright/tokenwright/internal/surface/console"
	"github.com/tokenwright/tokenwright/token"
)

// auditOptions are what the pages about the log are made of.
func (s *Server) auditOptions() console.AuditOptions {
	return console.AuditOptions{Log: s.store, Origin: s.logOrigin, TokensNamed: s.tokensNamed, Cursors: s.cursors}
}

// namedTokens is how many tokens of a kind a beginning of a name stands for.
const namedTokens = 20

// tokensNamed gives the ids of tokens whose names begin so, in the order of their
// names.
func (s *Server) tokensNamed(ctx context.Context, beginning string) ([]string, error) {
	var ids []string
	for _, kind := range token.Kinds() {
		found, err := s.store.ListTokens(ctx, token.Query{
			Kind: kind, Sort: token.SortName, Asc: true, After: &token.Cursor{Text: beginning},
			Now: s.authority.Now(), Limit: namedTokens, NoTotal: true,
		})
		if err != nil {
			return nil, err
		}
		for _, t := range found.Tokens {
			if len(t.Name) >= len(beginning) && t.Name[:len(beginning)] == beginning {
				ids = append(ids, t.ID)
			}
		}
	}
	return ids, nil
}

// keyOptions are what the pages about keys are made of.
func (s *Server) keyOptions() console.KeyOptions {
	return console.KeyOptions{Ring: s.keys, Peers: func(ctx context.Context) ([]console.Peer, error) {
		found, err := s.peersOf().List(ctx)
		list := make([]console.Peer, len(found))
		for i, one := range found {
			list[i] = console.Peer{
				Name: one.Name, Subject: string(one.Subject), Types: one.Types, Short: one.Short, DisabledAt: one.Disabled.DisabledAt,
			}
		}
		return list, err
	}}
}

// installation is what the console shows of this node.
func (s *Server) installation() console.Installation {
	about := console.Installation{
		Build: buildOf(s.opts.Version), StartedAt: s.opts.Clock().UTC(), PublicURL: s.publicURL,
		Data: s.cfg.Data, Database: s.cfg.Database.String(), Metrics: s.OpsURL(), File: s.cfg.File, Check: s.findings,
	}
	for _, one := range s.cfg.Settings() {
		about.Settings = append(about.Settings, console.Setting{Key: one.Key, Value: one.Value, Source: one.Place.String()})
	}
	return about
}

// buildOf gives what the toolchain noted when it built this program.
func buildOf(version string) console.Build {
	build := console.Build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build
	}
	if version == "" {
		build.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			build.Commit = setting.Value
		}
	}
	return build
}

// findings is what the checks of this node find now: those of doctor that can be
// asked of a running server.
func (s *Server) findings(ctx context.Context) []console.Finding {
	results := admin.RunChecks(ctx, s.checks())
	list := make([]console.Finding, len(results))
	for i, one := range results {
		list[i] = console.Finding{Name: one.Name, OK: one.OK, Warning: one.Warning, Found: one.Message, Mend: one.Mend}
	}
	return list
}
