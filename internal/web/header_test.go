package web_test

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

func TestJ05EveryAnswerCarriesTheHeaders(t *testing.T) {
	s := start(t, func(o *web.Options) { o.Secure = true }, gates())
	want := map[string]string{
		"Cache-Control":             "no-store",
		"X-Content-Type-Options":    "nosniff",
		"Referrer-Policy":           "no-referrer",
		"Content-Security-Policy":   "default-src 'none'; frame-ancestors 'none'",
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
	}
	ids := map[string]bool{}
	for _, target := range []string{"/api/open", "/api/thing/1", "/api/none", "/elsewhere", "//", "/api/open?token=x"} {
		got := s.send("GET", target, "X-Request-Id: mine")
		for name, value := range want {
			if got.header.Get(name) != value {
				t.Errorf("GET %s (%d): %s = %q", target, got.status, name, got.header.Get(name))
			}
		}
		if got.header.Get("Etag") != "" || got.header.Get("Server") != "" {
			t.Errorf("GET %s: %v", target, got.header)
		}
		ids[got.header.Get("X-Request-Id")] = true
	}
	if len(ids) != 6 || ids["mine"] || ids[""] {
		t.Errorf("request ids: %v", ids)
	}
}

func TestWithoutHTTPSThereIsNoStrictTransportSecurity(t *testing.T) {
	if got := start(t, nil, gates()).send("GET", "/api/open").header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security = %q", got)
	}
}

func TestConditionalRequestsAreAnsweredInFull(t *testing.T) {
	s := start(t, nil, gates())
	got := s.send("GET", "/api/open", "If-None-Match: *", "If-Modified-Since: Sun, 22 Nov 2026 12:00:00 GMT")
	if got.status != 200 {
		t.Errorf("answer %d", got.status)
	}
}

func TestJ03OnlyKnownHostsAreServed(t *testing.T) {
	s := start(t, func(o *web.Options) { o.Hosts = []string{"tokens.example.com", "127.0.0.1", "[::1]"} }, gates())
	for host, want := range map[string]int{
		"tokens.example.com": 200, "TOKENS.example.com:443": 200, "tokens.example.com.": 200, "127.0.0.1:7080": 200, "[::1]:7080": 200, "[::1]": 200,
		"evil.example": 421, "tokens.example.com.evil.example": 421, "": 421, "tokens.example.com@evil.example": 421,
	} {
		got := s.raw("GET /api/open HTTP/1.1\r\nHost: " + host + "\r\nX-Forwarded-Host: tokens.example.com\r\nConnection: close\r\n\r\n")
		if got.status != want && (want != 421 || got.status != 400) {
			t.Errorf("Host %q = %d, want %d", host, got.status, want)
		}
		if strings.Contains(got.body, "evil") {
			t.Errorf("Host %q is repeated: %s", host, got.body)
		}
	}
}

func TestI05TheClientAddressIsTheLastUntrustedHop(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	tests := []struct {
		name    string
		trusted []netip.Prefix
		headers []string
		want    string
	}{
		{"nobody is trusted", nil, []string{"X-Forwarded-For: 1.2.3.4"}, "127.0.0.1"},
		{"no header", proxies, nil, "127.0.0.1"},
		{"one hop", proxies, []string{"X-Forwarded-For: 1.2.3.4"}, "1.2.3.4"},
		{"the client wrote the first", proxies, []string{"X-Forwarded-For: 9.9.9.9, 1.2.3.4"}, "1.2.3.4"},
		{"a trusted hop between", proxies, []string{"X-Forwarded-For: 9.9.9.9, 1.2.3.4, 10.0.0.1"}, "1.2.3.4"},
		{"two headers", proxies, []string{"X-Forwarded-For: 9.9.9.9", "X-Forwarded-For: 1.2.3.4"}, "1.2.3.4"},
		{"IPv6 with a zone", proxies, []string{"X-Forwarded-For: fe80::1%a"}, "fe80::1"},
		{"IPv4 in IPv6", proxies, []string{"X-Forwarded-For: ::ffff:1.2.3.4"}, "1.2.3.4"},
		{"no address", proxies, []string{"X-Forwarded-For: 1.2.3.4, unknown"}, "127.0.0.1"},
		{"other headers", proxies, []string{"X-Real-Ip: 1.2.3.4", "Forwarded: for=1.2.3.4", "X_Forwarded_For: 1.2.3.4"}, "127.0.0.1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, func(o *web.Options) { o.TrustedProxies = test.trusted }, gates())
			if got := s.send("GET", "/api/open", test.headers...).seen(t).Address.String(); got != test.want {
				t.Errorf("address %s, want %s", got, test.want)
			}
		})
	}
}

func TestRates(t *testing.T) {
	surface := gates()
	surface.Limits = web.Limits{PerPrincipal: 3, PerAddress: 2}
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s := start(t, func(o *web.Options) { o.TrustedProxies = proxies }, surface)
	from := func(a string) string { return "X-Forwarded-For: " + a }
	expect := func(want int, target string, headers ...string) answer {
		t.Helper()
		got := s.send("GET", target, headers...)
		if got.status != want {
			t.Fatalf("GET %s %v = %d, want %d", target, headers, got.status, want)
		}
		return got
	}
	for range 3 {
		expect(200, "/api/who", as(alices), from("2001:db8::1"))
	}
	limited := expect(429, "/api/thing/1", as(alices), from("2001:db8:1::1")) // other path, other address
	if limited.header.Get("Retry-After") != "20" {
		t.Errorf("Retry-After = %q", limited.header.Get("Retry-After"))
	}
	expect(200, "/api/who", as(bobs), from("2001:db8::1"))
	expect(401, "/api/who", from("2001:db8::1"))
	expect(401, "/api/who", as("junk"), from("2001:db8::2")) // the same /64
	expect(429, "/api/who", as("junk"), from("2001:db8::3"))
	expect(429, "/api/open", from("2001:db8::4"))
	expect(200, "/api/open", from("2001:db8:0:1::1")) // another /64
	expect(200, "/api/who", as(robots), from("2001:db8::1"))
	s.advance(20 * time.Second)
	expect(200, "/api/who", as(alices))
	expect(429, "/api/who", as(alices))
}

func TestI03LargeHeadersAreRefused(t *testing.T) {
	s := start(t, nil, gates())
	for size, want := range map[int]int{12 << 10: 200, 20 << 10: 431} {
		if got := s.send("GET", "/api/open", "X-A: "+strings.Repeat("a", size)); got.status != want {
			t.Errorf("header of %d bytes = %d, want %d", size, got.status, want)
		}
	}
	many := make([]string, 10_000)
	for i := range many {
		many[i] = "X-" + itoa(i) + ": 1"
	}
	if got := s.send("GET", "/api/open", many...); got.status != 431 {
		t.Errorf("10,000 headers = %d", got.status)
	}
}

func TestI09AHandlerHasATimeLimit(t *testing.T) {
	s := start(t, nil, web.Surface{Dialect: web.Problem{}, Limits: web.Limits{Timeout: time.Millisecond}, Routes: []web.Route{{
		Method: "GET", Pattern: "/x", Access: web.Public("test"),
		Handle: func(_ http.ResponseWriter, r *web.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		},
	}}})
	if got := s.send("GET", "/x"); got.status != 503 || got.header.Get("Retry-After") != "1" {
		t.Errorf("answer %d %v", got.status, got.header)
	}
}

func TestObserveIsToldOfEveryAnswer(t *testing.T) {
	seen := make(chan web.Observation, 2)
	s := start(t, func(o *web.Options) { o.Observe = func(x web.Observation) { seen <- x } }, gates())
	s.send("GET", "/api/thing/7", as(alices))
	s.send("GET", "/nowhere/7")
	first, second := <-seen, <-seen
	if first.Route != "/api/thing/{id}" || first.Status != 200 || second.Route != "" || second.Status != 404 {
		t.Errorf("observed %+v, %+v", first, second)
	}
}

func TestNewMuxNeedsAWholeGuard(t *testing.T) {
	opts := (&site{}).options()
	opts.Guard.Allow = nil
	if _, err := web.NewMux(opts); err == nil {
		t.Error("a guard without Allow was taken")
	}
	opts = (&site{}).options()
	opts.Guard.Refused = func(context.Context, web.Refusal) error { return token.ErrUnavailable }
	if _, err := web.NewMux(opts); err != nil {
		t.Error(err)
	}
}
