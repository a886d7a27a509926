package proof_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// cast is everybody together with a server that knows them: every kind of
// credential that an installation gives out, with none, one, some and all of
// the permissions, and credentials that are good for nothing.
type cast struct {
	visitor
	holders  []*holder // by bearer
	signedIn []*holder // by the cookie of a browser
	root     *holder
	secrets  map[string]string // of peers by name, until they have tokens
}

// assemble starts a server and makes all credentials once.
func assemble(t testing.TB) *cast {
	t.Helper()
	c := &cast{secrets: map[string]string{}}
	var r rights
	_, holders := everybody()
	for _, h := range holders {
		r.grant(h)
	}
	for _, h := range holders {
		if h.person { // the same rights once more, of people who sign in
			twin := *h
			twin.name = strings.Replace(h.name, "default/", "default/browser-", 1)
			c.signedIn = append(c.signedIn, r.grant(&twin))
		}
	}
	config := c.peers(t, &r) + r.config() + "oauth: {registration: true, client_metadata: {enabled: true}}\n" +
		"limits: {requests_per_minute: 1000000}\n"
	c.visitor = visit(t, tokentest.WithConfig(config)).inside()
	backends := r.holders[len(holders)+len(c.signedIn):]
	c.holders = slices.Concat(holders, backends)
	for _, h := range c.holders {
		c.credential(h)
		if h.name == "user:default/root" {
			c.root = h
		}
	}
	for _, h := range c.signedIn {
		c.addUser(h.name)
		h.cookies = c.signIn(h.name)
	}
	c.derive()
	c.strangers()
	return c
}

// peers are back ends: without rights, with some, limited to fewer than they
// have, and one that may act for people.
func (c *cast) peers(t testing.TB, r *rights) string {
	t.Helper()
	folder, keys := t.TempDir(), ""
	auditing := []string{string(policy.ServiceRead), string(policy.AuditRead)}
	for name, extra := range map[string]string{
		"plain": "unrestricted: true", "auditing": "unrestricted: true", "trusted": "unrestricted: true",
		"limited": "access_restrictions: [{plugin: access-tokens, permission: ['access-tokens:audit:read']}]",
		"foreign": "access_restrictions: [{plugin: catalog}]",
	} {
		h := &holder{name: "external:" + name, good: true, peer: true, trusted: name == "trusted"}
		switch name {
		case "auditing", "limited", "foreign":
			h.holds = auditing
		}
		switch name {
		case "limited":
			h.only = []string{string(policy.AuditRead)}
		case "foreign":
			h.only = []string{}
		}
		r.grant(h)
		secret := peer.GenerateSecret().Reveal()
		file := filepath.Join(folder, name)
		must(t, os.WriteFile(file, []byte(secret), 0o600))
		keys += fmt.Sprintf("    - {name: %s, secret_file: %s, sign: false, %s}\n", name, file, extra)
		manager, err := peer.New(peer.Options{Keys: []peer.Key{{
			Caller: peer.Caller{Name: name, Unrestricted: true}, Secret: token.NewSecret(secret),
		}}})
		must(t, err)
		raw, err := manager.GetToken(t.Context())
		must(t, err)
		h.raw = raw.Reveal()
	}
	return "peer:\n  keys:\n" + keys + "kinds: {personal: {requests_per_minute: 1000}, user: {trusted_peers: [trusted]}}\n"
}

// derive makes what comes out of tokens of an administrator: access JWTs out of
// a personal token and out of a grant, narrowed and not.
func (c *cast) derive() {
	c.t.Helper()
	owner := c.journey(c.root.raw)
	personal, _ := owner.mint("laptop")
	client := c.app(c.root.raw)
	wide := c.tokens(client.useCode(owner.code(client, "openid offline_access")))
	narrow := c.tokens(client.useCode(owner.code(client, "openid offline_access "+held)))
	for name, raw := range map[string]string{
		"an access JWT out of a personal token": c.tokens(app{}.useRefresh(personal)).Access,
		"an access JWT out of a grant":          wide.Access,
	} {
		c.holders = append(c.holders, &holder{name: name, raw: raw, good: true, person: true, all: true, derived: true})
	}
	c.holders = append(c.holders, &holder{
		name: "an access JWT of one scope", raw: narrow.Access, good: true, person: true, all: true, derived: true, only: []string{},
	})
	c.useless("a personal token", personal)
	c.useless("a refresh token", wide.Refresh)
	c.useless("a narrowed refresh token", narrow.Refresh)
	c.useless("an ID token", wide.ID)
	c.useless("a code", owner.code(client, "openid"))
	c.useless("the cookie of a session", c.signedIn[len(c.signedIn)-1].cookies)
	c.useless("the cookie of a browser", owner.jar["tokenwright-browser"])
}

// useless adds a credential that opens nothing of ours, however good it is for
// what it was made for.
func (c *cast) useless(name, raw string, carries ...string) {
	if at := strings.LastIndexByte(raw, '='); strings.HasPrefix(raw, "tokenwright") && at > 0 {
		raw = raw[at+1:] // the value of a cookie
	}
	c.holders = append(c.holders, &holder{name: name, raw: raw, carries: carries})
}

// strangers adds tokens of the kinds that speak elsewhere, and those that do
// not speak any more.
func (c *cast) strangers() {
	c.t.Helper()
	alice := c.s.UserToken("user:default/alice")
	for _, scopes := range []string{`["read:*"]`, `["read:*","write:*"]`, `["read:*","write:*","delete:*"]`} {
		got := c.json(http.MethodPost, "/api/access-tokens/workspace", alice, `{"name":"w","workspace":"demo","scopes":`+scopes+`}`)
		var made struct{ RawToken string }
		if !got.acknowledged() || json.Unmarshal(got.body, &made) != nil {
			c.t.Fatalf("a workspace token: %d %s", got.status, got.body)
		}
		var carries []string
		must(c.t, json.Unmarshal([]byte(scopes), &carries))
		c.useless("a workspace token with "+scopes, made.RawToken, carries...)
	}
	for _, scope := range []string{"upload", "issue_view"} {
		made := c.issue(`{"kind":"user","name":"` + scope + `","user":"user:default/alice","scopes":["` + scope + `"]}`)
		c.useless("a user token with "+scope, made.RawToken, scope)
	}
	revoked, rotated := c.s.Issue(platform, "revoked", held), c.s.Issue(platform, "rotated", held)
	disabled := c.s.Issue(platform, "disabled", held)
	c.s.Revoke(revoked)
	c.s.Rotate(rotated, 0)
	_, err := c.s.Authority().Disable(c.t.Context(), tokentest.Admin(), token.KindService, disabled.Token.ID)
	must(c.t, err)
	other := tokentest.Start(c.t)
	jwt := other.UserToken("user:default/admin")
	for name, raw := range map[string]string{
		"a revoked token": revoked.Secret.Reveal(), "a rotated token": rotated.Secret.Reveal(), "a disabled token": disabled.Secret.Reveal(),
		"a token of another server": other.Issue(platform, "foreign", held).Secret.Reveal(), "a JWT of another server": jwt,
		"a JWT without a signature": jwt[:strings.LastIndexByte(jwt, '.')+1],
		"a JWT that asks for none":  base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + jwt[strings.IndexByte(jwt, '.'):strings.LastIndexByte(jwt, '.')+1],
	} {
		c.useless(name, raw)
	}
}
