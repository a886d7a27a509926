package login

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/tokenwright/tokenwright/token"
)

const (
	// clockSkew is how far the provider's clock may be ahead.
	clockSkew = time.Minute
	// maxGroups bounds the groups that are taken from a provider.
	maxGroups = 500
	// maxUserName bounds the name of a user who is added, as the directory
	// does for its own.
	maxUserName = 200
)

// checkToken applies the rules of an ID token that the library leaves to its
// callers (OpenID Connect Core section 3.1.3.7). Signature, algorithm, issuer,
// audience and expiry were checked before.
func (o *OIDC) checkToken(t *oidc.IDToken, f flow, now time.Time) error {
	var claims struct {
		Party string `json:"azp"`
	}
	if err := t.Claims(&claims); err != nil {
		return token.NewError(token.ErrMalformed, "", err)
	}
	switch {
	case t.Issuer != o.opts.Issuer:
		return token.ErrIssuer // the library lets one issuer have two names
	case len(t.Audience) != 1 && claims.Party == "", claims.Party != "" && claims.Party != o.opts.ClientID:
		return token.ErrAudience
	case t.Subject == "" || len(t.Subject) > 255:
		return token.ErrSubject
	case t.IssuedAt.IsZero() || t.IssuedAt.After(now.Add(clockSkew)):
		return token.ErrNotYet
	case t.IssuedAt.Before(now.Add(-flowAge - clockSkew)):
		return token.ErrExpired // it was not made for this sign-in
	case subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(f.nonce)) != 1:
		return token.ErrUnknown // it was made for another sign-in
	}
	return nil
}

// arrival turns the claims of a good ID token into a sign-in.
func (o *OIDC) arrival(t *oidc.IDToken) (token.SignIn, error) {
	var claims map[string]json.RawMessage
	if err := t.Claims(&claims); err != nil {
		return token.SignIn{}, token.NewError(token.ErrMalformed, "", err)
	}
	user, err := o.subject.expand(claims)
	if err != nil {
		return token.SignIn{}, err
	}
	in := token.SignIn{
		Session:  token.Session{User: user, Method: token.SignInOIDC},
		Identity: &token.Identity{Issuer: t.Issuer, Subject: t.Subject},
		Create:   o.opts.CreateUsers,
		Claimed:  o.opts.GroupsClaim != "",
	}
	in.Name, in.Email = forPeople(claims["name"]), forPeople(claims["email"])
	if in.Claimed {
		in.Groups, err = groupsOf(claims[o.opts.GroupsClaim], o.opts.GroupsClaim)
	}
	return in, err
}

// forPeople reads a claim that is shown to people and decides nothing; what
// could not be shown is left out.
func forPeople(claim json.RawMessage) string {
	s, ok := text(claim)
	if !ok || token.UTF16Length(s) > maxUserName || token.CheckText("", s) != nil {
		return ""
	}
	return s
}

// groupsOf reads the claim with the groups: a list of texts, or one text. No
// claim means no group. What cannot be the ref of a group is left out: a
// provider has groups for others, too.
func groupsOf(claim json.RawMessage, name string) ([]string, error) {
	var list []string
	if one, ok := text(claim); ok {
		list = []string{one}
	} else if len(claim) > 0 {
		if err := json.Unmarshal(claim, &list); err != nil {
			return nil, token.NewError(token.ErrClaimType, "The claim "+name+" of your account is not a list of texts.", nil)
		}
	}
	groups := make([]string, 0, len(list))
	for _, one := range list {
		if ref, ok := token.ParseGroupRef(one); ok {
			groups = append(groups, ref)
		}
	}
	slices.Sort(groups)
	if groups = slices.Compact(groups); len(groups) > maxGroups {
		return nil, token.NewError(token.ErrClaimType,
			fmt.Sprintf("The claim %s of your account names more than %d groups.", name, maxGroups), nil)
	}
	return groups, nil
}

// text reads a claim that is a text.
func text(claim json.RawMessage) (string, bool) {
	var s string
	if len(claim) == 0 || claim[0] != '"' || json.Unmarshal(claim, &s) != nil {
		return "", false
	}
	return s, true
}

// subjectTemplate makes the ref of a user from claims: texts and, between them, names
// of claims.
type subjectTemplate struct{ texts, claims []string }

// parseTemplate reads "user:default/{preferred_username}".
func parseTemplate(s string) (subjectTemplate, error) {
	var t subjectTemplate
	for {
		before, after, found := strings.Cut(s, "{")
		t.texts = append(t.texts, before)
		if !found {
			break
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed || name == "" {
			return subjectTemplate{}, token.Invalid("the template of users has a brace without its partner")
		}
		t.claims, s = append(t.claims, name), rest
	}
	if len(t.claims) == 0 {
		return subjectTemplate{}, token.Invalid("the template of users must name a claim in braces: without one, everybody would be one user")
	}
	return t, nil
}

// expand gives the canonical ref. A claim may only bring letters, digits and
// ". - _": it fills in a name, and never adds a namespace or a kind.
func (t subjectTemplate) expand(claims map[string]json.RawMessage) (string, error) {
	var out strings.Builder
	for i, fixed := range t.texts {
		out.WriteString(fixed)
		if i == len(t.claims) {
			break
		}
		value, ok := text(claims[t.claims[i]])
		if !ok || value == "" || strings.ContainsFunc(value, notOfAName) {
			return "", token.NewError(token.ErrSubject, "The claim "+t.claims[i]+
				" of your account is missing, or has characters that a user ref cannot have (letters, digits, '.', '-' and '_' are fine).", nil)
		}
		out.WriteString(value)
	}
	ref, ok := token.ParseUserRef(out.String())
	if !ok {
		return "", token.NewError(token.ErrSubject, "Your account's name cannot be a user ref here: it is too long, or begins or ends with a sign.", nil)
	}
	return ref, nil
}

func notOfAName(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
		return false
	}
	return true
}
