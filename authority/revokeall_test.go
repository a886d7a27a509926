package authority_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

func TestRevokeAllEndsWhatItNamesAndNothingElse(t *testing.T) {
	s := tokentest.Start(t)
	mine := s.Issue(platform, "one", "catalog:read")
	other := s.Issue("group:default/data", "two", "catalog:read")
	n, err := s.Authority().RevokeAll(t.Context(), tokentest.Admin(), authority.RevokeAllRequest{Owner: "platform", Reason: "drill"})
	if err != nil || n != 1 {
		t.Fatalf("revoked %d, %v", n, err)
	}
	if _, err := s.Verifier().Verify(t.Context(), mine.Secret.Reveal(), verify.Expect{}); !errors.Is(err, token.ErrRevoked) {
		t.Errorf("a token of the owner: %v", err)
	}
	if _, err := s.Verifier().Verify(t.Context(), other.Secret.Reveal(), verify.Expect{}); err != nil {
		t.Errorf("a token of another owner: %v", err)
	}
	after := s.Issue(platform, "three", "catalog:read")
	if _, err := s.Verifier().Verify(t.Context(), after.Secret.Reveal(), verify.Expect{}); err != nil {
		t.Errorf("a token issued later: %v", err)
	}
	entries := s.Entries(audit.Query{Actions: []audit.Action{audit.TokensRevoked}, Limit: 10})
	if len(entries) != 1 || entries[0].Owner != platform || entries[0].Reason != "drill" || entries[0].Details["tokens"] != "1" {
		t.Errorf("the log says %+v", entries)
	}
}

func TestADryRunCountsAndChangesNothing(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "one", "catalog:read")
	n, err := s.Authority().RevokeAll(t.Context(), tokentest.Admin(), authority.RevokeAllRequest{Kind: token.KindService, DryRun: true})
	if err != nil || n != 1 {
		t.Fatalf("counted %d, %v", n, err)
	}
	if _, err := s.Verifier().Verify(t.Context(), issued.Secret.Reveal(), verify.Expect{}); err != nil {
		t.Errorf("after a dry run: %v", err)
	}
	if entries := s.Entries(audit.Query{Actions: []audit.Action{audit.TokensRevoked}, Limit: 10}); len(entries) != 0 {
		t.Errorf("a dry run left %+v", entries)
	}
}

func TestIssuedBeforeLeavesWhatIsIssuedAtThatTime(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	early := s.Issue(platform, "early", "catalog:read")
	clock.Advance(time.Hour)
	line := clock.Now()
	late := s.Issue(platform, "late", "catalog:read")
	clock.Advance(time.Second)
	n, err := s.Authority().RevokeAll(t.Context(), tokentest.Admin(), authority.RevokeAllRequest{IssuedBefore: line})
	if err != nil || n != 1 {
		t.Fatalf("revoked %d, %v", n, err)
	}
	if _, err := s.Verifier().Verify(t.Context(), early.Secret.Reveal(), verify.Expect{}); !errors.Is(err, token.ErrRevoked) {
		t.Errorf("issued before: %v", err)
	}
	if _, err := s.Verifier().Verify(t.Context(), late.Secret.Reveal(), verify.Expect{}); err != nil {
		t.Errorf("issued at that very time: %v", err)
	}
}

func TestRevokeAllSaysWhatIsWrongWithAWish(t *testing.T) {
	s := tokentest.Start(t)
	for name, req := range map[string]authority.RevokeAllRequest{
		"nothing named":  {},
		"a future time":  {IssuedBefore: time.Now().Add(time.Hour)},
		"no ref":         {Owner: "a/b/c"},
		"a long reason":  {Owner: platform, Reason: string(make([]byte, 501))},
		"a NUL":          {Workspace: "\x00"},
		"control reason": {Owner: platform, Reason: "a\x00b"},
	} {
		if _, err := s.Authority().RevokeAll(t.Context(), tokentest.Admin(), req); !errors.Is(err, token.ErrInvalid) || token.Message(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nodes' clocks differ: "until now" is not what the clock of one of them says.
func TestRevokeAllEndsWhatANodeAheadHasIssued(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	clock.Advance(time.Second)
	ahead := s.Issue(platform, "ahead", "catalog:read")
	clock.Advance(-time.Second)
	n, err := s.Authority().RevokeAll(t.Context(), tokentest.Admin(), authority.RevokeAllRequest{Owner: platform})
	if err != nil || n != 1 {
		t.Fatalf("revoked %d, %v", n, err)
	}
	clock.Advance(time.Millisecond)
	after := s.Issue(platform, "after", "catalog:read")
	clock.Advance(time.Hour)
	if _, err := s.Verifier().Verify(t.Context(), ahead.Secret.Reveal(), verify.Expect{}); !errors.Is(err, token.ErrRevoked) {
		t.Errorf("issued by a node ahead: %v", err)
	}
	if _, err := s.Verifier().Verify(t.Context(), after.Secret.Reveal(), verify.Expect{}); err != nil {
		t.Errorf("issued afterwards: %v", err)
	}
}
