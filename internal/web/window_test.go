package web_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
)

func TestAFixedWindowIsToldInEveryAnswer(t *testing.T) {
	surface := gates()
	surface.Limits = web.Limits{PerWindow: 2, PerAddress: 100}
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s := start(t, func(o *web.Options) { o.TrustedProxies = proxies }, surface)
	expect := func(status int, says, target string, headers ...string) {
		t.Helper()
		got := s.send("GET", target, headers...)
		if got.status != status || got.header.Get("RateLimit") != says {
			t.Fatalf("GET %s %v = %d, %q, want %d, %q", target, headers, got.status, got.header.Get("RateLimit"), status, says)
		}
		if policy := got.header.Get("RateLimit-Policy"); says != "" && policy != "2;w=60" {
			t.Fatalf("policy %q", policy)
		}
		if wait := got.header.Get("Retry-After"); (status == 429) != (wait != "") {
			t.Fatalf("Retry-After %q", wait)
		}
	}
	from := func(address string) string { return "X-Forwarded-For: " + address }
	expect(200, "limit=2, remaining=1, reset=60", "/api/who", as(alices), from("2001:db8::1"))
	s.advance(30500 * time.Millisecond)
	expect(200, "limit=2, remaining=0, reset=30", "/api/thing/1", as(alices), from("2001:db8::1"))
	expect(429, "limit=2, remaining=0, reset=30", "/api/who", as(alices), from("2001:db8:1::1"))
	expect(200, "limit=2, remaining=1, reset=60", "/api/who", as(bobs), from("2001:db8::1"))
	expect(401, "", "/api/who", from("2001:db8::1"))
	expect(200, "limit=2, remaining=1, reset=60", "/api/open", from("2001:db8::1"))
	expect(200, "limit=2, remaining=0, reset=60", "/api/open", from("2001:db8::2")) // the same /64 (I-05)
	expect(429, "limit=2, remaining=0, reset=60", "/api/open", from("2001:db8::3"))
	s.advance(29500 * time.Millisecond)
	expect(200, "limit=2, remaining=1, reset=60", "/api/who", as(alices))
}
