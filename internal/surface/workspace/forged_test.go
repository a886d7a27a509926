package workspace_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// goldenSecret is the secret of the contract's vectors.
const goldenSecret = "tokenwright-golden-vectors-secret"

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// golden starts a server with the secret of the vectors, so that tests can sign
// what a thief of the secret could.
func golden(t *testing.T, opts ...tokentest.Option) *kit {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, goldenSecret)
	return start(t, append(opts, tokentest.WithConfig("kinds: {workspace: {secrets: [{secret_file: '"+secret+"'}]}}"))...)
}

// signed gives a correctly signed token of any payload.
func signed(payload string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(payload))
	mac := hmac.New(sha256.New, []byte(goldenSecret))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// forged takes a token apart, changes it, and signs it again.
func forged(t *testing.T, raw string, change func(claims m)) string {
	t.Helper()
	var claims m
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &claims); err != nil {
		t.Fatal(err)
	}
	change(claims)
	again, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return signed(string(again))
}

// TestW29ClaimsMustAgreeWithTheRecord: whoever has the secret still cannot widen
// a token, and leaves a line in the log.
func TestW29ClaimsMustAgreeWithTheRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, opts ...tokentest.Option) {
		k := golden(t, opts...)
		made := k.create(bob, k.demo, "read:*")
		other := k.addWorkspace("other")
		verify1 := func(raw string) error {
			_, err := k.Verifier().Verify(t.Context(), raw, verify.Expect{})
			return err
		}
		same := forged(t, made.Token, func(m) {})
		if err := verify1(same); err != nil {
			t.Fatalf("the same claims in another order: %v", err)
		}
		var users api.Users
		k.administer(http.MethodGet, api.PathUsers, nil, &users)
		for name, change := range map[string]func(m){
			"more scopes":     func(c m) { c["extra"].(map[string]any)["scopes"] = `["read:*","write:*"]` },
			"no scopes":       func(c m) { delete(c["extra"].(map[string]any), "scopes") },
			"a longer life":   func(c m) { c["exp"] = c["exp"].(float64) + 1 },
			"a shorter life":  func(c m) { c["exp"] = c["exp"].(float64) - 1 },
			"other workspace": func(c m) { c["workspace"] = other.UUID },
			"other account":   func(c m) { c["account"] = users.Users[0].UUID },
		} {
			before := len(k.Entries(audit.Query{TokenID: made.ID, Outcome: audit.Refused}))
			if err := verify1(forged(t, made.Token, change)); !errors.Is(err, token.ErrMismatch) {
				t.Errorf("%s: %v", name, err)
			}
			after := k.Entries(audit.Query{TokenID: made.ID, Outcome: audit.Refused})
			k.equal(name+" entries", len(after)-before, 1)
			k.equal(name+" reason", after[0].Reason, "mismatch")
		}
		if err := verify1(forged(t, made.Token, func(c m) {
			c["extra"].(map[string]any)["apiTokenId"] = token.NewID()
		})); !errors.Is(err, token.ErrUnknown) {
			t.Errorf("an unknown id: %v", err)
		}
		service := k.Issue("group:default/platform", "svc", "catalog:read")
		if err := verify1(forged(t, made.Token, func(c m) {
			c["extra"].(map[string]any)["apiTokenId"] = service.Token.ID
		})); !errors.Is(err, token.ErrUnknown) {
			t.Errorf("the id of another kind: %v", err)
		}
	})
}

// TestW17TheVectorsEndToEnd: what is wrong with T4 to T10 is 401 with the same
// bytes as an unknown token. T1 to T3 are well signed and unknown here.
func TestW17TheVectorsEndToEnd(t *testing.T) {
	k := golden(t)
	a := k.application()
	const head, tail = `{"extra":{"apiTokenId":"00000000-0000-4000-8000-000000000001"`, `},"account":"123e4567-e89b-12d3-a456-426614174000","workspace":"123e4567-e89b-12d3-a456-426614174001"`
	for i, payload := range []string{
		head + `,"scopes":"[\"read:*\"]"` + tail + `,"exp":4102444800}`,
		head + tail + `,"exp":4102444800}`,
		head + `,"scopes":"[\"read:*\"]"` + tail + `,"exp":946684800}`,
		head + `,"scopes":"[\"read:*\"]"` + tail + `}`,
		head + `,"scopes":"read:*"` + tail + `,"exp":4102444800}`,
		head + `,"scopes":["read:*"]` + tail + `,"exp":4102444800}`,
		head + `,"scopes":"[\"read:*\"]","scopes":"[]"` + tail + `,"exp":4102444800}`,
	} {
		a.gets(fmt.Sprint("payload ", i), a.request(signed(payload), http.MethodGet, "/api/v1/ping/{w}", ""), 401, invalid)
	}
}

// TestW06AFloodOfUnknownIDs: badly signed ones never reach the store, and good
// tokens keep answering.
func TestW06AFloodOfUnknownIDs(t *testing.T) {
	k := golden(t)
	good := k.create(bob, k.demo)
	for i := range 20_000 {
		raw := forged(t, good.Token, func(c m) {
			c["extra"].(map[string]any)["apiTokenId"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		})
		if i%10 != 0 {
			raw = raw[:len(raw)-4] + "AAAA" // badly signed
		}
		if _, err := k.Verifier().Verify(t.Context(), raw, verify.Expect{}); !errors.Is(err, token.ErrUnauthenticated) {
			t.Fatalf("id %d: %v", i, err)
		}
		if i%1000 == 0 {
			if _, err := k.Verifier().Verify(t.Context(), good.Token, verify.Expect{}); err != nil {
				t.Fatalf("a good one after %d: %v", i, err)
			}
		}
	}
}
