package oauth_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
	surface "github.com/tokenwright/tokenwright/internal/surface/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Rows G-01 and PER-44: nobody has this server connect to what is not public.
func TestG01NothingButPublicAddressesIsReached(t *testing.T) {
	var reached atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			_ = conn.Close()
		}
	}()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	rebinding := 0
	for host, f := range map[string]surface.Fetcher{
		"127.0.0.1": surface.NewFetcher(), "localhost": surface.NewFetcher(), "[::1]": surface.NewFetcher(),
		"[::ffff:127.0.0.1]": surface.NewFetcher(), "169.254.169.254": surface.NewFetcher(),
		"mixed.example": surface.NewFetcher().Resolve(func(string) []netip.Addr {
			return []netip.Addr{netip.MustParseAddr("1.1.1.1"), netip.MustParseAddr("127.0.0.1")}
		}),
		"rebinding.example": surface.NewFetcher().Resolve(func(string) []netip.Addr {
			rebinding++
			return []netip.Addr{netip.MustParseAddr("10.0.0.1")}
		}),
		"nothing.example": surface.NewFetcher().Resolve(func(string) []netip.Addr { return nil }),
	} {
		if data, err := f.Read(t.Context(), "https://"+host+":"+port+"/client.json"); err == nil {
			t.Errorf("%s gives %q", host, data)
		}
	}
	if reached.Load() != 0 || rebinding != 1 {
		t.Errorf("%d connections; a name was resolved %d times", reached.Load(), rebinding)
	}
}

func TestADocumentIsReadAsItIsAndNoFurther(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/good", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.Header.Get("Accept"))) })
	mux.Handle("/elsewhere", http.RedirectHandler("/good", http.StatusFound))
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat("x", oauth.MaxDocument+1)))
	})
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	f := surface.NewFetcher().Trust()
	if data, err := f.Read(t.Context(), server.URL+"/good"); err != nil || string(data) != "application/json" {
		t.Errorf("%q %v", data, err)
	}
	for _, path := range []string{"/elsewhere", "/long", "/missing"} {
		if _, err := f.Read(t.Context(), server.URL+path); err == nil {
			t.Errorf("%s is read", path)
		}
	}
}

// Row G-01: a host that does not answer holds up nobody but those who ask it.
func TestG01ASlowHostHoldsUpNoOther(t *testing.T) {
	reached, goOn := make(chan struct{}, 8), make(chan struct{})
	var now, most atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer now.Add(-1)
		reached <- struct{}{}
		<-goOn
	})
	mux.HandleFunc("/good", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f := surface.NewFetcher().Trust().Resolve(func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} })
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() { _, _ = f.Read(t.Context(), "https://slow.example:"+port+"/slow") }) // how it ends is not asked here
	}
	<-reached
	for range 3 {
		if _, err := f.Read(t.Context(), "https://good.example:"+port+"/good"); err != nil {
			t.Errorf("another host: %v", err)
		}
	}
	close(goOn)
	asking.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests at once to one host", most.Load())
	}
}

// The rows of the recorded exchanges of the reference about its command line.
func TestTheCommandLineIsAClientByItsDocument(t *testing.T) {
	w := world{tokentest.Start(t, tokentest.WithConfig("oauth: {client_metadata: {enabled: true}}")), t, nil}
	c := app{w.URL + oauth.CommandLinePath, "", loopback}
	got := w.agent().get(oauth.CommandLinePath)
	if got.text("client_id") != c.id || got.text("client_name") != "Backstage CLI" || got.text("token_endpoint_auth_method") != "none" {
		t.Fatalf("document: %d %s", got.status, got.body)
	}
	b := w.browser(alice)
	b.ask(c, "openid", "redirect_uri", "http://127.0.0.1:49152/callback")
	for _, uri := range []string{"http://127.0.0.1:8055/other", "http://localhost:8055/callback", "https://127.0.0.1:8055/callback"} {
		if got := b.get(oauth.AuthorizePath + "?" + c.authorizeQuery("openid", "redirect_uri", uri).Encode()); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d", uri, got.status)
		}
	}
	page := b.get(oauth.ConsentPath + "/" + b.ask(c, "openid"))
	if !strings.Contains(page.body, "Backstage CLI") || !strings.Contains(page.body, "unverified") {
		t.Errorf("page: %s", page.body)
	}
	raw, _ := w.offline(c, alice)
	w.done(w.revoke(c, raw))
	w.refused(w.refresh(c, raw))
}

func TestADocumentThatIsNotAllowedIsNoClient(t *testing.T) {
	w := world{tokentest.Start(t, tokentest.WithConfig("oauth: {client_metadata: {enabled: true}}")), t, nil}
	for _, id := range []string{
		"https://evil.example/client.json", "http://claude.ai/x", "https://claude.ai/", "https://claude.ai/a/../b",
		"https://claude.ai/x?y", "https://claude.ai/x#y", "https://u@claude.ai/x", "https://claude.ai.evil.example/x",
	} {
		got := w.agent().get(oauth.AuthorizePath + "?" + (app{id, "", loopback}).authorizeQuery("openid").Encode())
		if got.status != http.StatusBadRequest || got.header.Get("Location") != "" {
			t.Errorf("%s: %d %s", id, got.status, got.header.Get("Location"))
		}
	}
}
