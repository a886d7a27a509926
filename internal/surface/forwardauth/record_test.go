package forwardauth_test

import (
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/tokentest"
)

func refusals(s *tokentest.Server, q audit.Query) []audit.Entry {
	q.Actions, q.Outcome = []audit.Action{audit.AccessRefused}, audit.Refused
	return s.Entries(q)
}

func TestTheRefusedUseOfATokenIsRecordedOnceAMinute(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig(proxied))
	issued := s.Issue(platform, "ci", "catalog:read")
	raw := issued.Secret.Reveal()

	use := func(method string, times int) {
		for range times {
			ask(t, s, question{header: nginx(method, "/api/catalog/x", raw)})
		}
	}
	use("GET", 3)
	if n := len(refusals(s, audit.Query{TokenID: issued.Token.ID})); n != 0 {
		t.Fatalf("good uses left %d refusals", n)
	}
	use("POST", 3)
	s.Revoke(issued)
	use("GET", 3)
	use("POST", 3)

	found := refusals(s, audit.Query{TokenID: issued.Token.ID})
	if len(found) != 2 {
		t.Fatalf("the log has %d refusals", len(found))
	}
	clock.Advance(time.Minute)
	use("GET", 3)
	if n := len(refusals(s, audit.Query{TokenID: issued.Token.ID})); n != 3 {
		t.Errorf("a minute later the log has %d refusals", n)
	}
	latest, first := found[0], found[1]
	if latest.Reason != "revoked" || first.Reason != "scope" {
		t.Errorf("the reasons are %q and then %q", first.Reason, latest.Reason)
	}
	if latest.Actor != "" || latest.Via != issued.Token.ID || latest.Name != "ci" || latest.Address != "127.0.0.1" ||
		latest.RequestID == "" || latest.Details["route"] != "/forward-auth" {
		t.Errorf("the entry is %+v", latest)
	}
}

func TestJunkIsNotRecorded(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	other := tokentest.Start(t)
	for _, bearer := range []string{"", "x", "e30.e30.e30", other.Issue(platform, "foreign", "catalog:read").Secret.Reveal()} {
		ask(t, s, question{header: nginx("GET", "/api/catalog/x", bearer)})
	}
	if found := refusals(s, audit.Query{}); len(found) != 0 {
		t.Errorf("the log has %d refusals: %+v", len(found), found)
	}
}

func TestAnAddressBehindTheProxyIsTheClients(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	issued := s.Issue(platform, "ci", "catalog:read")
	s.Revoke(issued)
	headers := nginx("GET", "/api/catalog/x", issued.Secret.Reveal())
	headers["X-Forwarded-For"] = "203.0.113.9, 198.51.100.7"
	ask(t, s, question{header: headers})
	found := refusals(s, audit.Query{TokenID: issued.Token.ID})
	if len(found) != 1 || found[0].Address != "198.51.100.7" {
		t.Errorf("the log has %+v", found)
	}
}
