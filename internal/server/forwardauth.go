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
	rules, warnings, err := compileRules(s.cfg.Rules)
	if err != nil {
		return web.Surface{}, err
	}
	for _, w := range warnings {
		s.log.Warn("a rule is probably not meant like this", slog.Int("rule", w.Rule), slog.String("text", w.Text))
	}
	return forwardauth.Surface(forwardauth.Options{
		Verifier: s.verifier, Rules: rules, Formats: s.formats,
		TrustedProxies: s.cfg.TrustedProxies, Basic: s.cfg.ForwardAuth.Basic,
		Record: s.store.AppendEntry, Clock: s.opts.Clock,
	}), nil
}

// compileRules compiles the rules of the configuration. Demands on bodies stop
// the start: nothing here sees a body, and a demand that is accepted and not
// enforced is worse than none.
func compileRules(rules []config.Rule) (*verify.Rules, []verify.Warning, error) {
	list := make([]verify.Rule, len(rules))
	for i, r := range rules {
		if len(r.Body) > 0 {
			return nil, nil, fmt.Errorf("rules[%d].body (line %d): demands on bodies are not enforced by forward-auth, which never sees one; remove them", i, r.Line)
		}
		list[i] = verify.Rule{
			Path: r.Path, Methods: r.Methods, Public: r.Public, Scopes: r.Scopes,
			AnyScope: r.AnyScope, Kinds: r.Kinds, Upgrade: r.Upgrade,
		}
	}
	compiled, warnings, err := verify.NewRules(list)
	if err != nil {
		return nil, nil, fmt.Errorf("rules: %w", err)
	}
	return compiled, warnings, nil
}
