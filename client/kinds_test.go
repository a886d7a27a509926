package client_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const alice = "user:default/alice"

func TestAUserTokensWholeLife(t *testing.T) {
	tokens := as(t, tokentest.Start(t), "user:default/admin").UserTokens()
	life(t, tokens)
}

// life goes through the life of a user token of alice.
func life(t *testing.T, tokens client.UserTokens) {
	t.Helper()
	ctx := t.Context()
	people, err := tokens.People(ctx, "ali", 0, 0)
	if err != nil || people.Total != 1 || people.Users[0].ID != alice {
		t.Fatalf("people %+v, %v", people, err)
	}
	issued, err := tokens.Issue(ctx, api.IssueUserToken{User: alice, Name: "phone", Permissions: []string{"upload"}, ExpiresInDays: 90})
	if err != nil || issued.Token.User != alice || issued.RawToken == "" {
		t.Fatalf("issued %+v, %v", issued.Token, err)
	}
	id := issued.Token.ID
	rotated, err := tokens.Rotate(ctx, id, api.RotateUserToken{OverlapSeconds: 60})
	if err != nil || rotated.RawToken == issued.RawToken {
		t.Fatalf("rotated %+v, %v", rotated.Token, err)
	}
	if revoked, err := tokens.Revoke(ctx, id, "lost"); err != nil || revoked.Status != "revoked" {
		t.Fatalf("revoked %+v, %v", revoked, err)
	}
	if found, err := tokens.Find(ctx, id); err != nil || found.RevokedAt == nil {
		t.Errorf("found %+v, %v", found, err)
	}
	list, err := tokens.List(ctx, client.UserTokenQuery{User: alice, Status: "revoked", Limit: 1})
	if err != nil || len(list.Tokens) != 1 || list.Limit != 1 {
		t.Errorf("list %+v, %v", list, err)
	}
	history, err := tokens.History(ctx, id, 0)
	if err != nil || len(history.Events) != 3 || history.Events[0].Metadata.Reason != "lost" {
		t.Errorf("history %+v, %v", history, err)
	}
}

func TestABackEndManagesUserTokensForAnAdministrator(t *testing.T) {
	file := filepath.Join(t.TempDir(), "portal")
	secret := peer.GenerateSecret()
	if err := os.WriteFile(file, []byte(secret.Reveal()), 0o600); err != nil {
		t.Fatal(err)
	}
	tw := tokentest.Start(t, tokentest.WithConfig(`
peer: {keys: [{name: portal, secret_file: "`+file+`"}]}
kinds: {user: {trusted_peers: [portal]}}`))
	manager, err := peer.New(peer.Options{Keys: []peer.Key{{Caller: peer.Caller{Name: "portal"}, Secret: secret}}})
	if err != nil {
		t.Fatal(err)
	}
	backend := open(t, client.Options{URL: tw.URL, Bearer: manager.GetToken})
	life(t, backend.UserTokens().OnBehalfOf("user:default/admin"))

	for name, who := range map[string]client.UserTokens{
		"somebody without the permission": backend.UserTokens().OnBehalfOf(alice),
		"nobody":                          backend.UserTokens(),
		"by somebody who is no back end":  as(t, tw, "user:default/admin").UserTokens().OnBehalfOf(alice),
	} {
		if _, err := who.List(t.Context(), client.UserTokenQuery{}); !errors.Is(err, token.ErrDenied) {
			t.Errorf("for %s: %v", name, err)
		}
	}
}

func TestAWorkspaceTokensWholeLife(t *testing.T) {
	tw := tokentest.Start(t)
	ctx, tokens := t.Context(), as(t, tw, alice).WorkspaceTokens()
	issued, err := tokens.Issue(ctx, api.IssueWorkspaceToken{Name: "reports", Workspace: "demo", Scopes: []string{"read:*", "write:*"}})
	if err != nil || issued.RawToken == "" {
		t.Fatalf("issued %+v, %v", issued.Token, err)
	}
	next, err := tokens.Rotate(ctx, issued.Token.ID, api.RotateWorkspaceToken{Scopes: []string{"read:*"}})
	if err != nil || next.Token.Replaces == nil || *next.Token.Replaces != issued.Token.ID {
		t.Fatalf("rotated %+v, %v", next.Token, err)
	}
	if err := tokens.Revoke(ctx, next.Token.ID, "done"); err != nil {
		t.Fatal(err)
	}
	if found, err := tokens.Find(ctx, next.Token.ID); err != nil || found.Status != "revoked" {
		t.Errorf("found %+v, %v", found, err)
	}
	for _, q := range []client.WorkspaceTokenQuery{{}, {Workspace: "demo"}} {
		if list, err := tokens.List(ctx, q); err != nil || list.Total != 2 {
			t.Errorf("list of %+v: %+v, %v", q, list, err)
		}
	}
	history, err := tokens.History(ctx, next.Token.ID, 1)
	if err != nil || len(history.Events) != 1 || history.Events[0].Metadata.Reason != "done" {
		t.Errorf("history %+v, %v", history, err)
	}
}

// The contracts of these surfaces tell a text, and the client the value behind
// it.
func TestTheSameErrorValuesOnSurfacesThatTellATextAlone(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("kinds: {user: {max_per_owner: 2}}"))
	ctx, c := t.Context(), as(t, tw, "user:default/admin")
	users := c.UserTokens()
	issue := func(name string) (string, error) {
		issued, err := users.Issue(ctx, api.IssueUserToken{User: alice, Name: name, Permissions: []string{"upload"}})
		return issued.Token.ID, err
	}
	ended, err := issue("ended")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := users.Revoke(ctx, ended, ""); err != nil {
		t.Fatal(err)
	}
	off, err := issue("off")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Disable(ctx, off); err != nil {
		t.Fatal(err)
	}
	if _, err := issue("second"); err != nil {
		t.Fatal(err)
	}
	workspace := as(t, tw, alice).WorkspaceTokens()
	service := open(t, client.Options{URL: tw.URL, Token: tw.Issue(platform, "ci", "catalog:read").Secret})
	for name, tc := range map[string]struct {
		call func() error
		want error
	}{
		"a name that is taken":      {func() error { _, err := issue("second"); return err }, token.ErrNameTaken},
		"one too many":              {func() error { _, err := issue("third"); return err }, token.ErrQuota},
		"a second revocation":       {func() error { _, err := users.Revoke(ctx, ended, ""); return err }, token.ErrAlreadyRevoked},
		"a disabled token":          {func() error { _, err := users.Rotate(ctx, off, api.RotateUserToken{}); return err }, token.ErrIsDisabled},
		"a token that is not there": {func() error { _, err := users.Find(ctx, token.NewID()); return err }, token.ErrNotFound},
		"a broken rule":             {func() error { _, err := issue(""); return err }, token.ErrInvalid},
		"no member of a workspace": {func() error {
			_, err := workspace.Issue(ctx, api.IssueWorkspaceToken{Name: "x", Workspace: "elsewhere"})
			return err
		}, token.ErrDenied},
		"a program where a person is asked for": {func() error { _, err := service.WhoAmI(ctx); return err }, token.ErrUnauthenticated},
	} {
		err := tc.call()
		var told *client.Error
		if !errors.Is(err, tc.want) || !errors.As(err, &told) || told.Problem.Status < 400 {
			t.Errorf("%s: %#v, want %v", name, err, tc.want)
		}
	}
}

func TestQuestionsOfWhoeverHoldsAToken(t *testing.T) {
	tw := tokentest.Start(t)
	ctx, c := t.Context(), as(t, tw, "user:default/admin")
	good, found := tw.Issue(platform, "good", "catalog:read"), tw.Issue(platform, "found", "catalog:read")
	nobody := open(t, client.Options{URL: tw.URL})
	for _, one := range []token.Secret{found.Secret, found.Secret, token.NewSecret("junk")} {
		if err := nobody.RevokePresented(ctx, one); err != nil {
			t.Error(err)
		}
	}
	answers, err := c.IntrospectBatch(ctx, []token.Secret{good.Secret, found.Secret, token.NewSecret("junk")})
	if err != nil || len(answers) != 3 || !answers[0].Active || answers[1].Active || answers[2].Active {
		t.Errorf("answers %+v, %v", answers, err)
	}
	if who, err := c.WhoAmI(ctx); err != nil || who.User != "user:default/admin" || who.SignedInBy != "bearer" {
		t.Errorf("who am I: %+v, %v", who, err)
	}
}

func TestACredentialThatCannotBeMadeIsAnErrorOfTheCall(t *testing.T) {
	cause := errors.New("the vault is closed")
	c := open(t, client.Options{URL: "http://127.0.0.1:1", Bearer: func(context.Context) (token.Secret, error) { return token.Secret{}, cause }})
	if _, err := c.Users(t.Context()); !errors.Is(err, cause) {
		t.Errorf("error %v", err)
	}
}
