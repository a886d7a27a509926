package proof_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Row I-02: a body without an end is refused at the first bytes that are too
// many, and a compressed one before it is unpacked.
func TestI02ABodyWithoutAnEndIsRefusedEarly(t *testing.T) {
	t.Parallel()
	v := visit(t)
	admin := v.s.UserToken("user:default/admin")
	chunk := []byte(fmt.Sprintf("%x\r\n%s\r\n", 64<<10, strings.Repeat(" ", 64<<10)))
	for target, kind := range map[string]string{
		"/api/access-tokens/service": typeJSON, api.Base + api.PathTokens: typeJSON,
		"/oauth2/introspect/batch": typeJSON, "/oauth2/introspect": typeForm, "/oauth2/revoke": typeForm,
	} {
		conn := v.dial("")
		head := "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n" + kind + "\r\n" + authorized(admin) + "\r\nTransfer-Encoding: chunked\r\n\r\n"
		_, err := conn.Write([]byte(head))
		must(t, err)
		sent := make(chan int64, 1)
		go func() {
			var total int64
			for total < 10<<30 { // 10 GiB, were nobody to stop it
				n, err := conn.Write(chunk)
				if total += int64(n); err != nil {
					break
				}
			}
			sent <- total
		}()
		if got := status(conn); got != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", target, got)
		}
		if total := <-sent; total > 64<<20 {
			t.Errorf("%s: %d MiB were taken", target, total>>20)
		}
	}
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	_, err := io.CopyN(zip, zeros{}, 4<<20)
	must(t, errors.Join(err, zip.Close()))
	header := bearer(admin)
	header.Set("Content-Type", "application/json")
	header.Set("Content-Encoding", "gzip")
	if got := v.send(http.MethodPost, "/oauth2/introspect/batch", header, bomb.String()); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("gzip: %d %s", got.status, got.body)
	}
}

type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Row I-05 (MUST-06, MUST-78): a rate belongs to the client, however it spells
// itself: every disguise is refused after as many requests as none. Rates are
// kept by each node for itself.
func TestI05ARateCannotBeShaken(t *testing.T) {
	t.Parallel()
	const atMost = 2000
	const nobodyTrusted, believing = "log: {level: info}", "trusted_proxies: [127.0.0.1]"
	// untilLimited counts the sign-ins of one client that are heard. The clock
	// stands still, so that nothing of a rate comes back.
	untilLimited := func(t *testing.T, config string, atMost int, disguise func(i int) http.Header) int {
		v := visit(t, tokentest.WithClock(tokentest.NewClock(time.Time{})), tokentest.WithConfig(config))
		for i := range atMost {
			target := fmt.Sprintf("/sign-in/%c%d", "aAbB"[i%4], i)
			if v.send([]string{http.MethodGet, http.MethodHead}[i%2], target, disguise(i), "").status == http.StatusTooManyRequests {
				return i
			}
		}
		return atMost
	}
	heard := untilLimited(t, nobodyTrusted, atMost, func(int) http.Header { return http.Header{} })
	if heard == atMost {
		t.Fatalf("%d sign-ins of one client are heard", heard)
	}
	forwarded := func(format string) func(int) http.Header {
		return func(i int) http.Header {
			return http.Header{"X-Forwarded-For": {strings.ReplaceAll(format, "#", fmt.Sprint(i))}}
		}
	}
	everything := func(i int) http.Header {
		address := fmt.Sprintf("10.0.%d.%d", i/250, i%250)
		return http.Header{
			"X-Forwarded-For": {address}, "Forwarded": {"for=" + address}, "X-Real-Ip": {address}, "X-Client-Ip": {address},
			"True-Client-Ip": {address}, "Cf-Connecting-Ip": {address}, "User-Agent": {address},
		}
	}
	for name, c := range map[string]struct {
		config   string
		disguise func(int) http.Header
		atMost   int
		want     int
	}{
		"nobody is believed":    {nobodyTrusted, everything, heard + 1, heard},
		"addresses of one /64":  {believing, forwarded("2001:db8:0:1::#"), heard + 1, heard},
		"a forged hop before":   {believing, forwarded("10.9.8.#, 192.0.2.7"), heard + 1, heard},
		"zones":                 {believing, forwarded("fe80::1%z#"), heard + 1, heard},
		"a hop that is no host": {believing, forwarded("x#"), heard + 1, heard},
		"networks of their own": {believing, forwarded("2001:db8:0:#::1"), heard + 1, heard + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := untilLimited(t, c.config, c.atMost, c.disguise); got != c.want {
				t.Errorf("%d requests are heard, want %d", got, c.want)
			}
		})
	}
	t.Run("two credentials of one user", func(t *testing.T) {
		t.Parallel()
		v := visit(t, tokentest.WithClock(tokentest.NewClock(time.Time{})), tokentest.WithConfig("limits: {requests_per_minute: 5}"))
		var got int
		for i := range 6 {
			raw := v.s.UserToken("user:default/admin") // another one each time
			got = v.json(http.MethodGet, "/api/access-tokens/service?x="+fmt.Sprint(i), raw, "").status
		}
		if got != http.StatusTooManyRequests {
			t.Errorf("the sixth: %d", got)
		}
	})
}

// Row I-06: what one owner can have, one token can hold, and one request can
// bring, has an end.
func TestI06QuotasEnd(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, v visitor) {
		admin := v.s.UserToken("user:default/admin")
		issue := func(name, scopes string) reply {
			return v.json(http.MethodPost, "/api/access-tokens/service", admin,
				fmt.Sprintf(`{"name":%q,"description":"d","groupEntityRef":"platform","scopes":[%s]}`, name, scopes))
		}
		for i := range 5 {
			if got := issue(fmt.Sprintf("n-%d", i), `"`+held+`"`); got.status != http.StatusCreated {
				t.Fatalf("token %d: %d %s", i, got.status, got.body)
			}
		}
		if got := issue("one-more", `"`+held+`"`); got.status != http.StatusConflict && got.status != http.StatusTooManyRequests {
			t.Errorf("past the quota: %d %s", got.status, got.body)
		}
		if got := issue("wide", strings.TrimSuffix(strings.Repeat(`"`+held+`",`, 101), ",")); got.status != http.StatusUnprocessableEntity {
			t.Errorf("101 scopes: %d %s", got.status, got.body)
		}
		many := `{"tokens":[` + strings.TrimSuffix(strings.Repeat(`"x",`, maxBatch+1), ",") + `]}`
		if got := v.json(http.MethodPost, "/oauth2/introspect/batch", admin, many); got.acknowledged() || got.status >= 500 {
			t.Errorf("a batch of %d: %d", maxBatch+1, got.status)
		}
	}, tokentest.WithConfig("kinds: {service: {max_per_owner: 5}}"))
}

// maxWait is how long a request may wait for a database that stands still
// (row I-09), with room for a machine that is busy.
const maxWait = 5*time.Second + 3*time.Second

// Rows I-09 and K-13: requests that wait for a database that stands still do
// not pile up. Each is told so within its deadline, what needs no database is
// answered as ever, and all is right again as soon as the database is.
func TestI09APausedDatabaseLetsNobodyWaitForLong(t *testing.T) {
	t.Parallel()
	cluster := pgtest.New(t, pgtest.Options{})
	v := visit(t, tokentest.WithDatabase(postgresDatabase(t, cluster)))
	admin := v.s.UserToken("user:default/admin")
	good := v.s.Issue(platform, "good", held).Secret.Reveal()
	cluster.Pause(t)
	asked := make(chan string)
	const crowd = 300
	for i := range crowd {
		go func() {
			began := time.Now()
			var got reply
			switch i % 3 {
			case 0:
				got = v.json(http.MethodGet, "/api/access-tokens/service", admin, "")
			case 1:
				got = v.form("/oauth2/introspect", admin, "token="+good)
			default:
				got = v.json(http.MethodPost, api.Base+api.PathUsers, admin, fmt.Sprintf(`{"ref":"user:default/w-%d"}`, i))
			}
			what := ""
			if took := time.Since(began); got.status != http.StatusServiceUnavailable && (i%3 != 1 || got.status != http.StatusOK) || took > maxWait {
				what = fmt.Sprintf("request %d: %d after %s: %s", i, got.status, took, got.body)
			}
			asked <- what
		}()
	}
	for range 20 {
		if got := v.send(http.MethodGet, "/healthz", http.Header{}, ""); got.status != http.StatusOK {
			t.Errorf("/healthz meanwhile: %d", got.status)
		}
	}
	for range crowd {
		if what := <-asked; what != "" {
			t.Error(what)
		}
	}
	cluster.Resume(t)
	for deadline := time.Now().Add(maxWait); ; {
		got := v.json(http.MethodGet, "/api/access-tokens/service", admin, "")
		if got.status == http.StatusOK {
			break
		}
		if time.Now().After(deadline) || got.status != http.StatusServiceUnavailable {
			t.Fatalf("afterwards: %d %s", got.status, got.body)
		}
		<-time.After(10 * time.Millisecond)
	}
	v.s.WaitReady()
}
