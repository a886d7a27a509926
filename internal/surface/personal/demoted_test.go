package personal_test

import (
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/surface/personal"
	"github.com/tokenwright/tokenwright/tokentest"
)

const minters = `
default_role: none
roles:
  minter: ["access-tokens:user:write", "access-tokens:user:read"]
  ender: ["access-tokens:user:revoke"]
`

// Row E-04: a right is judged when the token is made, not when it was wished for.
func TestWhoMayNotMakeTokensAnyMoreMakesNone(t *testing.T) {
	for name, with := range map[string]struct {
		give, take, grant, withdraw string
	}{
		"their own role": {
			give: "/roles/grant", grant: `{"ref":"user:default/alice","role":"minter"}`,
			take: "/roles/withdraw", withdraw: `{"ref":"user:default/alice","role":"minter"}`,
		},
		"that of their group": {
			give: "/roles/grant", grant: `{"ref":"group:default/platform","role":"minter"}`,
			take: "/groups/leave", withdraw: `{"ref":"group:default/platform","user":"user:default/alice"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, database ...tokentest.Option) {
				s := start(t, append(database, tokentest.WithConfig(minters))...)
				s.administer("POST", with.give, with.grant)
				b := s.browser(alice)
				kept, begun := b.on("POST", "/mint", `{"name":"kept"}`), b.on("POST", "/mint", `{"name":"laptop"}`)
				if made := b.arrive(b.consent(kept, "approve")); !b.good(made.Token) {
					t.Fatalf("while she may: %s", made.text)
				}
				callback := b.consent(begun, "approve")
				s.administer("POST", with.take, with.withdraw)
				got := b.arrive(callback)
				b.fails(got, sayFailed)
				refused := s.Entries(audit.Query{Actions: []audit.Action{audit.TokenIssued}, Outcome: audit.Refused, Actor: alice})
				if len(refused) != 1 || refused[0].Name != "laptop" {
					t.Errorf("refusals in the log: %v", refused)
				}
				b.fails(b.arrive(callback), sayUnknown)
			})
		})
	}
}

func (b browser) fails(got fragment, message string) {
	b.t.Helper()
	if got.key != "personal-access-tokens-mint-error" || got.Message != message {
		b.t.Errorf("fragment %s=%s, want the message %q", got.key, got.text, message)
	}
}

// Who may revoke need not be one who may read.
func TestRevokingNeedsThePermissionToRevokeAlone(t *testing.T) {
	s := start(t, tokentest.WithConfig(minters))
	s.administer("POST", "/roles/grant", `{"ref":"user:default/alice","role":"minter"}`)
	b := s.browser(alice)
	made := b.arrive(b.consent(b.on("POST", "/mint", `{"name":"laptop"}`), "approve"))
	s.administer("POST", "/roles/withdraw", `{"ref":"user:default/alice","role":"minter"}`)
	for _, who := range []string{alice, bob} {
		s.administer("POST", "/roles/grant", `{"ref":"`+who+`","role":"ender"}`)
	}
	if got := b.on("GET", "/"+made.Metadata.ID, ""); got.status != http.StatusForbidden {
		t.Errorf("read: %d", got.status)
	}
	for _, who := range []string{bob, admin} {
		if got := s.browser(who).on("DELETE", "/"+made.Metadata.ID, ""); got.status != http.StatusNotFound {
			t.Errorf("of somebody else, by %s: %d %s", who, got.status, got.body)
		}
	}
	if got := b.on("DELETE", "/"+made.Metadata.ID, ""); got.status != http.StatusNoContent || b.good(made.Token) {
		t.Errorf("revoke: %d %s", got.status, got.body)
	}
}

// Where the operator has switched the kind off, nobody could see or end a token
// any more: none is good.
func TestAPersonalTokenIsNotGoodWhereTheKindIsOff(t *testing.T) {
	onBoth(t, func(t *testing.T, database ...tokentest.Option) {
		s := start(t, database...)
		b := s.browser(alice)
		made := b.arrive(b.consent(b.on("POST", "/mint", `{"name":"laptop"}`), "approve"))
		again := func(config string) browser {
			if err := s.Stop(); err != nil {
				t.Fatal(err)
			}
			return start(t, append(database, tokentest.WithData(s.Data), tokentest.WithConfig(config))...).browser("")
		}
		if !b.good(made.Token) {
			t.Fatal("it is not good to begin with")
		}
		off := again("kinds: {personal: {enabled: false}}")
		if off.good(made.Token) {
			t.Error("a personal token is good where there are none")
		}
		if got := off.send("GET", personal.Base+"/personal", ""); got.status != http.StatusNotFound {
			t.Errorf("list: %d", got.status)
		}
		if got := off.administer("DELETE", "/tokens/"+made.Metadata.ID, `{"kind":"personal"}`); got.status == http.StatusNotFound {
			t.Error("an administrator cannot find it")
		}
		s.Server = off.Server
		if !again("default_role: user").good(made.Token) {
			t.Error("switched on again, it is not good")
		}
	})
}
