package directory_test

import (
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// The longest time for which another node may go on as before.
const bound = 2 * time.Second

// within waits for another node to answer with a meaning.
func within(t *testing.T, what string, want error, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(bound)
	for {
		err := ask()
		if errors.Is(err, want) || want == nil && err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: error %v after %s, want %v", what, err, bound, want)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// Row C-12: at once where it was done, within two seconds elsewhere.
func TestADisabledUserIsRefusedOnEveryNode(t *testing.T) {
	a, b := twoNodes(t)
	local, ctx := administer(t, a), t.Context()
	raw := a.UserToken("user:default/bob")
	there := func() error { _, err := b.Verifier().Verify(ctx, raw, verify.Expect{}); return err }
	here := func() error { _, err := a.Verifier().Verify(ctx, raw, verify.Expect{}); return err }
	for range 3 { // from the caches, too
		if err := errors.Join(here(), there()); err != nil {
			t.Fatal(err)
		}
	}
	if err := local.DisableUser(ctx, "bob"); err != nil {
		t.Fatal(err)
	}
	if err := here(); !errors.Is(err, token.ErrDisabled) {
		t.Errorf("on the node that disabled: error %v", err)
	}
	within(t, "disabled, on the other node", token.ErrDisabled, there)
	if err := local.EnableUser(ctx, "bob"); err != nil {
		t.Fatal(err)
	}
	within(t, "enabled, on the other node", nil, there)
}

// Row E-04: a right is that of the moment of use, whichever way it was held.
func TestADemotedAdministratorIsDeniedOnEveryNode(t *testing.T) {
	a, b := twoNodes(t)
	local, ctx := administer(t, a), t.Context()
	for name, demote := range map[string]struct {
		ref string
		by  func() error
	}{
		"by name":  {"user:default/bob", func() error { return local.Withdraw(ctx, "user:default/bob", role) }},
		"by group": {bobsGroup, func() error { return local.LeaveGroup(ctx, bobsGroup, "bob") }},
	} {
		t.Run(name, func(t *testing.T) {
			if err := local.Grant(ctx, demote.ref, role); err != nil {
				t.Fatal(err)
			}
			here, there := as(t, a, "user:default/bob"), as(t, b, "user:default/bob")
			asked := func() error { _, err := there.Users(ctx); return err }
			within(t, "granted, on the other node", nil, asked)
			if err := demote.by(); err != nil {
				t.Fatal(err)
			}
			if _, err := here.Users(ctx); !errors.Is(err, token.ErrDenied) {
				t.Errorf("on the node that demoted: error %v", err)
			}
			within(t, "demoted, on the other node", token.ErrDenied, asked)
		})
	}
}

// Row C-12, where users are kept in a catalog: the switch is here.
func TestAUserOfACatalogIsDisabledOnEveryNode(t *testing.T) {
	known := httptest.NewServer(entities(map[string]string{"user/default/dana": `{"kind":"User","metadata":{"name":"dana"}}`}))
	t.Cleanup(known.Close)
	a, b := twoNodes(t, tokentest.WithConfig("directory: {catalog_url: "+known.URL+"/api/catalog}"))
	local, ctx := administer(t, a), t.Context()
	const dana = "user:default/dana"
	raw := a.UserToken(dana)
	there := func() error { _, err := b.Verifier().Verify(ctx, raw, verify.Expect{}); return err }
	if err := there(); err != nil {
		t.Fatal(err)
	}
	if err := local.DisableUser(ctx, "nobody-there"); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("somebody the catalog does not know: error %v", err)
	}
	if err := local.DisableUser(ctx, dana); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Verifier().Verify(ctx, raw, verify.Expect{}); !errors.Is(err, token.ErrDisabled) {
		t.Errorf("on the node that disabled: error %v", err)
	}
	within(t, "disabled, on the other node", token.ErrDisabled, there)
	if err := local.EnableUser(ctx, dana); err != nil {
		t.Fatal(err)
	}
	within(t, "enabled, on the other node", nil, there)
}
