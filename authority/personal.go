package authority

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/tokenwright/tokenwright/token"
)

const (
	// maxPersonalName is in UTF-16 code units, before white space is cut off.
	maxPersonalName = 100
	// personalHint is how much of a raw token may be shown: the first part of
	// its id, which says nothing about the rest.
	personalHint = 8
)

// What is not done to tokens that people consent to.
var (
	errNotIssued  = token.Invalid("a personal token is made by its owner alone, who consents to it in the browser; nobody can issue one for somebody else")
	errNotRotated = token.Invalid("a personal token gets no other secret by hand; revoke it, and its owner makes another")
)

func personalContract() contract {
	return contract{
		check:     (*Authority).checkPersonal,
		consented: true,
		nameTaken: `A token named "%s" already exists for this user`,
		quota:     "You already have the most personal tokens allowed",
		nameKey:   foldName,
		hint:      func(raw, _ string) string { return raw[:personalHint] },
	}
}

// checkPersonal applies the rules of a token that people make for themselves.
// The last two, about what they have already, are asked again inside the
// transaction that keeps the token.
func (a *Authority) checkPersonal(ctx context.Context, ask asked) (token.Grant, error) {
	if ask.by.Type != token.PrincipalUser {
		return token.Grant{}, errNotIssued
	}
	name, err := checkPersonalName(ask.Name)
	if err != nil {
		return token.Grant{}, err
	}
	expiresAt, err := personalExpiry(ask.rules, ask.Expiry, ask.now)
	if err != nil {
		return token.Grant{}, err
	}
	if err := checkPersonalScopes(ask); err != nil {
		return token.Grant{}, err
	}
	if err := a.hasRoom(ctx, ask, name); err != nil {
		return token.Grant{}, explain(ask.rules, name, err)
	}
	return token.Grant{
		Kind: token.KindPersonal, Name: name, Owner: ask.by.Ref, Subject: token.Subject(ask.by.Ref),
		Scopes: token.Scopes(ask.Scopes).Unique(), ExpiresAt: expiresAt,
	}, nil
}

// checkPersonalName gives a name as it is stored.
func checkPersonalName(raw string) (string, error) {
	name := strings.TrimFunc(raw, isBlank)
	switch {
	case name == "":
		return "", token.Invalid("name is required")
	case token.UTF16Length(raw) > maxPersonalName:
		return "", token.Invalid("name must be 100 characters or less")
	case strings.ContainsFunc(name, func(r rune) bool { return !inPersonalName(r) }):
		return "", token.Invalid("name contains disallowed characters")
	}
	return name, nil
}

// isBlank is what ECMAScript's trim cuts off, by which clients judge a name.
func isBlank(r rune) bool { return unicode.IsSpace(r) && r != 0x85 || r == 0xfeff }

// inPersonalName: [A-Za-z0-9 _.\-:/].
func inPersonalName(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune(" _.-:/", r)
}

// personalExpiry is resolveExpiry in the words of this kind.
func personalExpiry(rules KindRules, wish Expiry, now time.Time) (time.Time, error) {
	if wish.Fault == nil && !wish.At.IsZero() && wish.At.After(now.Add(rules.MaxLifetime)) {
		return time.Time{}, token.Invalid(fmt.Sprintf("expiresAt must be ≤ %d days from now", rules.MaxLifetime/day))
	}
	return resolveExpiry(rules, wish, now)
}

// checkPersonalScopes: nil means all the power of the user. An empty list must
// not come to mean that by mistake.
func checkPersonalScopes(ask asked) error {
	switch {
	case ask.Scopes == nil:
		return nil
	case len(ask.Scopes) == 0:
		return token.Invalid("At least one scope is required")
	case len(ask.Scopes) > token.MaxScopes:
		return token.Invalid("scopes must not exceed 100")
	case !ask.rules.offers(ask.Scopes):
		return token.Invalid("All scopes must exist in the allowed scope catalogue")
	}
	return nil
}

// hasRoom asks what the owner has: token.ErrNameTaken for a live token of that
// name, token.ErrQuota when there are as many as allowed. It spares people a
// walk through the consent page that could only end in a refusal.
func (a *Authority) hasRoom(ctx context.Context, ask asked, name string) error {
	page, err := a.opts.Store.ListTokens(ctx, token.Query{
		Kind: token.KindPersonal, Owner: ask.by.Ref, Now: ask.now, Notice: ask.rules.Notice,
		States: []token.State{token.StateActive, token.StateExpiring, token.StateDisabled},
		Limit:  ask.rules.Limits.MaxPerOwner,
	})
	if err != nil {
		return err
	}
	key := foldName(name)
	for _, t := range page.Tokens {
		if foldName(t.Name) == key {
			return token.ErrNameTaken
		}
	}
	if page.Total >= ask.rules.Limits.MaxPerOwner {
		return token.ErrQuota
	}
	return nil
}
