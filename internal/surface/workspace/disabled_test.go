package workspace_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// TestADisabledWorkspaceIsClosed: its tokens are refused like those of a disabled
// account, nobody gets a new one, and its owners can still end those there are
// (row C-12).
func TestADisabledWorkspaceIsClosed(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := start(t, opts...)
		other := k.addWorkspace("other")
		k.join("other", bob, "user")
		made, elsewhere := k.create(bob, k.demo), k.create(bob, other)
		accepted := func(raw string) error {
			_, err := k.Verifier().Verify(t.Context(), raw, verify.Expect{})
			return err
		}
		k.is("before", accepted(made.Token), nil)
		k.administer(http.MethodPost, api.PathWorkspaceDisable, api.WorkspaceRequest{Name: "demo"}, nil)
		k.is("disabled", accepted(made.Token), token.ErrDisabled)
		k.is("of another workspace", accepted(elsewhere.Token), nil)
		k.wants("make", k.call(k.UserToken(bob), "createApiToken", m{"name": "n", "workspaceUuid": k.demo.UUID}), "Forbidden")
		k.wants("rotate", k.call(k.UserToken(bob), "rotateApiToken", m{"tokenId": made.ID}), "Forbidden")
		k.wants("list, as the owner", k.call(k.UserToken(alice), "listWorkspaceApiTokens", m{"workspaceUuid": k.demo.UUID}), "")
		k.equal("ended, for who asks", string(k.call(k.UserToken(bob), "checkApiTokenRevoked", m{"apiTokenId": made.ID}).Result), "true")

		k.administer(http.MethodPost, api.PathWorkspaceEnable, api.WorkspaceRequest{Name: "demo"}, nil)
		k.is("enabled", accepted(made.Token), nil)
		for _, action := range []audit.Action{audit.WorkspaceDisabled, audit.WorkspaceEnabled} {
			entries := k.Entries(audit.Query{Actions: []audit.Action{action}})
			k.equal(string(action), len(entries) == 1 && entries[0].Workspace == "demo", true)
		}
	})
}

func TestADisabledWorkspaceIsClosedOnEveryNode(t *testing.T) {
	url := pgtest.Start(t).Database(t, nil)
	first := tokentest.Start(t, tokentest.WithDatabase(url))
	second := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(first))
	k := &kit{t: t, Server: first}
	k.demo = k.workspace("demo")
	made := k.create(bob, k.demo)
	there := func() error {
		_, err := second.Verifier().Verify(t.Context(), made.Token, verify.Expect{})
		return err
	}
	k.is("on the other node", there(), nil)
	k.administer(http.MethodPost, api.PathWorkspaceDisable, api.WorkspaceRequest{Name: "demo"}, nil)
	within(t, "disabled", func() bool { return errors.Is(there(), token.ErrDisabled) })
	k.administer(http.MethodPost, api.PathWorkspaceEnable, api.WorkspaceRequest{Name: "demo"}, nil)
	within(t, "enabled", func() bool { return there() == nil })
}
