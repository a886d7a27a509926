package authority_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const platform = "group:default/platform"

// verb is one verb of the authority, called on a token.
type verb struct {
	name   string
	action audit.Action // of the entry that a refusal leaves
	call   func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error
}

func verbs() []verb {
	request := authority.Request{
		Kind: token.KindService, Name: "another", Description: "made by a test", Owner: platform, Scopes: []string{"catalog:read"},
	}
	return []verb{
		{"Issue", audit.TokenIssued, func(ctx context.Context, a *authority.Authority, by token.Principal, _ token.Token) error {
			_, err := a.Issue(ctx, by, request)
			return err
		}},
		{"Import", audit.TokensImported, func(ctx context.Context, a *authority.Authority, by token.Principal, _ token.Token) error {
			_, err := a.Import(ctx, by, &elsewhere{n: 1, make: moved}, true)
			return err
		}},
		{"Find", audit.AccessRefused, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.Find(ctx, by, t.Kind, t.ID)
			return err
		}},
		{"FindFor", audit.TokenRevoked, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.FindFor(ctx, by, t.Kind, t.ID, audit.TokenRevoked)
			return err
		}},
		{"Watch", audit.AccessRefused, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			return a.Watch(ctx, by, t.Kind)
		}},
		{"List", audit.AccessRefused, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.List(ctx, by, token.Query{Kind: t.Kind})
			return err
		}},
		{"Catalogue", audit.AccessRefused, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.Catalogue(ctx, by, t.Kind)
			return err
		}},
		{"History", audit.AccessRefused, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.History(ctx, by, t.Kind, audit.Query{TokenID: t.ID})
			return err
		}},
		{"Rotate", audit.TokenRotated, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.Rotate(ctx, by, authority.RotateRequest{Kind: t.Kind, TokenID: t.ID})
			return err
		}},
		{"Revoke", audit.TokenRevoked, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.Revoke(ctx, by, t.Kind, token.Revocation{TokenID: t.ID})
			return err
		}},
		{"Disable", audit.TokenDisabled, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.Disable(ctx, by, t.Kind, t.ID)
			return err
		}},
		{"Enable", audit.TokenEnabled, func(ctx context.Context, a *authority.Authority, by token.Principal, t token.Token) error {
			_, err := a.Enable(ctx, by, t.Kind, t.ID)
			return err
		}},
		{"RevokeAll", audit.TokensRevoked, func(ctx context.Context, a *authority.Authority, by token.Principal, _ token.Token) error {
			_, err := a.RevokeAll(ctx, by, authority.RevokeAllRequest{Owner: platform})
			return err
		}},
		{"Allow", audit.KeyRemoved, func(ctx context.Context, a *authority.Authority, by token.Principal, _ token.Token) error {
			return a.Allow(ctx, by, "access-tokens:admin", audit.KeyRemoved)
		}},
	}
}

func stranger() token.Principal {
	return token.Principal{Type: token.PrincipalUser, Ref: "user:default/bob", RequestID: "the-request", Address: "192.0.2.7"}
}

func TestEveryVerbRefusesAndRecordsTheRefusal(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "victim", "catalog:read")
	for _, v := range verbs() {
		t.Run(v.name, func(t *testing.T) {
			query := audit.Query{Actor: stranger().Ref, Outcome: audit.Refused, Limit: 100}
			before := len(s.Entries(query))
			err := v.call(t.Context(), s.Authority(), stranger(), issued.Token)
			if !errors.Is(err, token.ErrDenied) {
				t.Fatalf("answered %v, want a refusal", err)
			}
			entries := s.Entries(query)
			if len(entries) != before+1 {
				t.Fatalf("%d entries were written, want 1", len(entries)-before)
			}
			e := entries[0]
			if e.Action != v.action || e.Reason != "permission" || e.RequestID != "the-request" || e.Address != "192.0.2.7" {
				t.Errorf("the entry says %+v", e)
			}
		})
	}
	if got, err := s.Authority().Find(t.Context(), tokentest.Admin(), token.KindService, issued.Token.ID); err != nil ||
		!got.RevokedAt.IsZero() || !got.DisabledAt.IsZero() || got.Hint != issued.Token.Hint {
		t.Errorf("a refused verb changed the token: %+v, %v", got, err)
	}
}

// A refusal that leaves no trace would let somebody try at leisure, so it is
// not given (C10).
func TestARefusalThatCannotBeRecordedIsUnavailable(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "victim", "catalog:read")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs() {
		t.Run(v.name, func(t *testing.T) {
			err := v.call(t.Context(), s.Authority(), stranger(), issued.Token)
			if !errors.Is(err, token.ErrUnavailable) {
				t.Errorf("answered %v", err)
			}
		})
	}
}

func TestNobodyMayDoNothing(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "victim", "catalog:read")
	for _, v := range verbs() {
		if err := v.call(t.Context(), s.Authority(), token.Principal{}, issued.Token); !errors.Is(err, token.ErrNoCredential) {
			t.Errorf("%s answered %v", v.name, err)
		}
	}
}

// E-03: whoever holds a token, or a JWT that came out of one, cannot make
// more of them, whatever the person may do.
func TestTokensDoNotIssueTokens(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "victim", "catalog:read")
	admin := token.Principal{Type: token.PrincipalUser, Ref: "user:default/admin", FromToken: true}
	for _, v := range verbs() {
		if v.name != "Issue" && v.name != "Rotate" {
			continue
		}
		if err := v.call(t.Context(), s.Authority(), admin, issued.Token); !errors.Is(err, token.ErrTokensMintTokens) {
			t.Errorf("%s answered %v", v.name, err)
		}
	}
	refused := s.Entries(audit.Query{Actor: admin.Ref, Outcome: audit.Refused, Limit: 10})
	if len(refused) != 2 {
		t.Errorf("%d refusals were recorded, want 2", len(refused))
	}
}
