package server

import (
	"fmt"
	"log/slog"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/surface/forwardauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/verify"
)

func (s *Server) forwardAuthSurface() (web.Surface, error) {
	rules, warnings, err := compileRules(s.cfg)
	if err != nil {
		return web.Surface{}, err
	}
	for _, w := range warnings {
		s.log.Warn("a rule is probably not meant like this", slog.Int("rule", w.Rule), slog.String("text", w.Text))
	}
	return forwardauth.Surface(forwardauth.Options{
		Verifier: s.verifier, Rules: rules, Formats: s.formats,
		TrustedProxies: s.cfg.TrustedProxies, Basic: s.cfg.ForwardAuth.Basic,
		Record: s.store.AppendEntry, Clock: s.opts.Clock, Used: s.countUses(),
	}), nil
}

// compileRules compiles the rules of the configuration. Forward-auth sees no
// body: of a rule that looks at one it demands the most.
func compileRules(cfg *config.Config) (*verify.Rules, []verify.Warning, error) {
	list := make([]verify.Rule, len(cfg.Rules))
	for i, r := range cfg.Rules {
		list[i] = r.Compiled(cfg.Kinds.Workspace.DeleteNames)
	}
	compiled, warnings, err := verify.NewRules(list)
	if err != nil {
		return nil, nil, fmt.Errorf("rules: %w", err)
	}
	return compiled.WithMaxBody(int64(cfg.Kinds.Workspace.MaxBody)), warnings, nil
}
