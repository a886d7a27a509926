package config

import "strings"

func (l *loader) checkSignIn() {
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
