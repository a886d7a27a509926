package config

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

func (l *loader) checkSignIn() {
	l.checkSessions(l.cfg.SignIn.Sessions)
	if l.cfg.SignIn.OIDC != nil {
		l.checkOIDC(*l.cfg.SignIn.OIDC)
	}
	first := map[string]int{}
	for i, one := range l.cfg.SignIn.Issuers {
		at := indexed("sign_in.issuers", i)
		if l.required(at+".issuer", one.Issuer) {
			l.secureURL(at+".issuer", one.Issuer)
		}
		if l.required(at+".jwks_uri", one.JWKSURI) {
			l.secureURL(at+".jwks_uri", one.JWKSURI)
		}
		// A JWT meant for somebody else must not open a door here.
		l.required(at+".audience", one.Audience)
		if earlier, repeated := first[one.Issuer]; repeated && one.Issuer != "" {
			l.fault(at+".issuer", "is the issuer of %s too; keep one entry", indexed("sign_in.issuers", earlier))
		} else {
			first[one.Issuer] = i
		}
	}
}

func (l *loader) checkOIDC(o OIDC) {
	const at = "sign_in.oidc"
	if l.required(at+".issuer", o.Issuer) {
		l.secureURL(at+".issuer", o.Issuer)
	}
	l.required(at+".client_id", o.ClientID)
	if o.ClientSecret().IsZero() {
		l.fault(at, "names no client secret; give client_secret_file or client_secret_env")
	}
	if !userTemplate(o.Subject) {
		l.fault(at+".subject", "must be a user ref with a claim in braces, such as %s", defaultSubject)
	}
	if !slices.Contains(o.Scopes, "openid") {
		l.fault(at+".scopes", "must contain openid: without it the provider says nothing about who signs in")
	}
	if l.cfg.Directory.CatalogURL != "" {
		// Two answers to one question would leave open which counts.
		if o.GroupsClaim != "" {
			l.warn(at+".groups_claim", "has no effect beside directory.catalog_url, which says who is in which group")
		}
		if o.CreateUsers {
			l.warn(at+".create_users", "has no effect beside directory.catalog_url, which says which users exist")
		}
	}
	if u, err := url.Parse(l.cfg.PublicURL); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		l.fault(at, "needs a public_url with https: on http a login session could be read on its way")
	}
}

// checkSessions: a session of less than minutes would end between two pages,
// one of more than a month is no session any more.
func (l *loader) checkSessions(s Sessions) {
	const at = "sign_in.sessions"
	l.lasting(at+".lifetime", s.Lifetime, 5*time.Minute, 30*day)
	l.lasting(at+".idle", s.Idle, 5*time.Minute, 30*day)
	if s.Idle > s.Lifetime && l.given(at+".idle") {
		l.fault(at+".idle", "is longer than %s.lifetime, which ends a session anyway", at)
	}
}

// userTemplate reports whether s is "user:" and then text with at least one
// claim in braces. A template without a claim would make one user of all.
func userTemplate(s string) bool {
	rest, ok := strings.CutPrefix(s, "user:")
	claims := 0
	for ok && rest != "" {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return false
		}
		if !found {
			break
		}
		claim, behind, closed := strings.Cut(after, "}")
		if !closed || claim == "" || strings.Contains(claim, "{") {
			return false
		}
		claims, rest = claims+1, behind
	}
	return ok && claims > 0
}
