package verify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

func TestAZeroProofIsWorthless(t *testing.T) {
	for name, v := range map[string]*verify.Verified{"nil": nil, "zero": {}} {
		if v.Subject() != "" || v.Kind() != "" || v.TokenID() != "" || v.Owner() != "" || v.Workspace() != "" ||
			v.Name() != "" || v.Scopes() != nil || v.ScopeString() != "" || v.Covers("a") || v.Covers("") ||
			!v.ExpiresAt().IsZero() || !v.IssuedAt().IsZero() || v.Issuer() != "" || v.Audience() != nil ||
			v.ClientID() != "" || v.Session() != "" || v.String() != "" {
			t.Errorf("%s proves something", name)
		}
	}
}

// TestAProofSaysWhatTheRecordSays: from the source and from the cache, also for
// records that are unusual or too long for it.
func TestAProofSaysWhatTheRecordSays(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*token.Token)
	}{
		{"a service token", func(*token.Token) {}},
		{"a workspace", func(t *token.Token) { t.Workspace = "w" }},
		{"a user token", func(t *token.Token) {
			t.Kind, t.Owner, t.Subject, t.Name = token.KindUser, "user:default/alice", "user:default/alice", "laptop"
		}},
		{"no scopes", func(t *token.Token) { t.Scopes = nil }},
		{"a hundred scopes", func(t *token.Token) {
			t.Scopes = nil
			for i := range 100 {
				t.Scopes = append(t.Scopes, fmt.Sprint(strings.Repeat("s", 90), i))
			}
		}},
		{"other letters", func(t *token.Token) { t.Name, t.Subject = "Grüße 🦊", "user:default/Grüße" }},
		{"an id that is no UUID", func(t *token.Token) { t.ID = "legacy-17" }},
		{"an id of sixteen characters", func(t *token.Token) { t.ID = "0123456789abcdef" }},
		{"a UUID in capitals", func(t *token.Token) { t.ID = strings.ToUpper(t.ID) }},
		{"a UUID in braces", func(t *token.Token) { t.ID = "{" + t.ID + "}" }},
		{"no id", func(t *token.Token) { t.ID = "" }},
		{"fields of 127 and 128 characters", func(t *token.Token) {
			t.Name, t.Owner = strings.Repeat("n", 127), strings.Repeat("o", 128)
		}},
		{"too long for the cache", func(t *token.Token) { t.Name = strings.Repeat("long ", 1000) }},
		{"an expiry beyond all calendars", func(t *token.Token) { t.ExpiresAt = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) }},
		{"microseconds", func(t *token.Token) { t.CreatedAt = start.Add(123456 * time.Microsecond) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			raw, want := w.issue(tc.change)
			for range 3 {
				v, err := w.v.Verify(t.Context(), raw, verify.Expect{})
				if err != nil {
					t.Fatal(err)
				}
				if v.Subject() != want.Subject || v.Kind() != want.Kind || v.TokenID() != want.ID || v.Owner() != want.Owner ||
					v.Workspace() != want.Workspace || v.Name() != want.Name || v.Scopes().String() != want.Scopes.String() ||
					v.ScopeString() != want.Scopes.String() || !v.ExpiresAt().Equal(want.ExpiresAt) ||
					!v.IssuedAt().Equal(want.CreatedAt) || v.String() != string(want.Subject) {
					t.Errorf("%v is not the proof of %v", v, want)
				}
				if v.Issuer() != "" || v.ClientID() != "" || v.Session() != "" || len(v.Audience()) != 0 {
					t.Errorf("%v has claims of a JWT", v)
				}
			}
		})
	}
}

func TestAProofCannotBeChanged(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue(func(t *token.Token) { t.Scopes = token.Scopes{"a", "b"} })
	for range 3 {
		v, err := w.v.Verify(t.Context(), raw, verify.Expect{})
		if err != nil {
			t.Fatal(err)
		}
		v.Scopes()[0] = "admin"
		if v.Covers("admin") || v.ScopeString() != "a b" {
			t.Error("the caller changed the scopes")
		}
	}
}

// TestAProofOutlivesTheCache holds proofs while the cache is written over many
// times.
func TestAProofOutlivesTheCache(t *testing.T) {
	source, raws := newMemorySource(t, 5000)
	v := newVerifier(t, source, 64)
	proofs := make([]*verify.Verified, 100)
	for i := range proofs {
		for range 2 {
			proof, err := v.Verify(t.Context(), raws[i], verify.Expect{})
			if err != nil {
				t.Fatal(err)
			}
			proofs[i] = proof
		}
	}
	for _, raw := range raws {
		if _, err := v.Verify(t.Context(), raw, verify.Expect{}); err != nil {
			t.Fatal(err)
		}
	}
	for i, proof := range proofs {
		if want := fmt.Sprintf("t%d", i); proof.Name() != want {
			t.Errorf("the proof of %s says %s", want, proof.Name())
		}
	}
}
