package proof_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// place is where a credential stands in a request.
type place struct {
	name string
	// reads: a credential is looked for there.
	reads bool
	// telling: and what the holder may do decides.
	telling bool
	// broken: a request with a credential there is refused whoever asks.
	broken bool
	// onBehalf is the person for whom a back end says that it asks.
	onBehalf string
	dress    func(raw string) dressed
}

// dressed is a request apart from its method and path.
type dressed struct {
	header http.Header
	query  string
	body   string
	typed  string // Content-Type of the body
}

// places are all places where clients are known to put a credential. One of them
// is read, in any spelling that RFC 9110 section 11 allows.
func places() []place {
	list := []place{
		{name: "Bearer", reads: true, telling: true, dress: func(raw string) dressed { return dressed{header: bearer(raw)} }},
		{name: "bearer, in lower case", reads: true, dress: func(raw string) dressed {
			return dressed{header: http.Header{"Authorization": {"bearer  " + raw}}}
		}},
		{name: "Bearer twice", broken: true, dress: func(raw string) dressed {
			return dressed{header: http.Header{"Authorization": {"Bearer " + raw, "Bearer " + raw}}}
		}},
		{name: "no scheme", dress: func(raw string) dressed { return dressed{header: http.Header{"Authorization": {raw}}} }},
		{name: "another scheme", dress: func(raw string) dressed { return dressed{header: http.Header{"Authorization": {"Token " + raw}}} }},
		{name: "the cookie of sessions", dress: func(raw string) dressed { return dressed{header: http.Header{"Cookie": {"tokenwright=" + raw}}} }},
		{name: "a form", dress: func(raw string) dressed {
			return dressed{body: "access_token=" + raw, typed: "application/x-www-form-urlencoded"}
		}},
		{name: "JSON", dress: func(raw string) dressed {
			return dressed{body: `{"access_token":"` + raw + `"}`, typed: "application/json"}
		}},
	}
	for _, person := range []string{"user:default/root", "user:default/bob", "user:default/nobody"} {
		list = append(list, place{name: "Bearer, on behalf of " + person, reads: true, onBehalf: person, dress: func(raw string) dressed {
			header := bearer(raw)
			header["Tokenwright-On-Behalf-Of"] = []string{person}
			return dressed{header: header}
		}})
	}
	for name := range elsewhere("") {
		list = append(list, place{name: name, dress: func(raw string) dressed { return dressed{header: elsewhere(raw)[name]} }})
	}
	for _, name := range []string{"access_token", "Token", "api_key"} {
		list = append(list, place{name: "the query, as " + name, broken: true, dress: func(raw string) dressed {
			return dressed{query: "?" + name + "=" + raw}
		}})
	}
	return list
}

// outcome says what becomes of a request with a credential in a place.
func (p place) outcome(d declared, h *holder, people map[string]*holder) outcome {
	nobody := &holder{}
	switch {
	case p.broken:
		return malformed
	case d.local:
		return absent
	case !p.reads || h.raw == "":
		return d.bearer(nobody, nil)
	case p.onBehalf == "":
		return d.bearer(h, nil)
	case people[p.onBehalf] == nil:
		// Nobody of that name: a person who may do nothing, not even what
		// everybody may.
		if got := d.bearer(h, nobody); got != letIn || !d.Deputies {
			return got
		}
		return forbidden
	}
	return d.bearer(h, people[p.onBehalf])
}

// way is how a browser sends a request in which somebody signed in.
type way struct {
	name string
	// own: what changes something comes from a page of ours, with the value
	// that it knows.
	own     bool
	foreign bool // another site had the browser send it
	twice   bool // one session stands in it twice
	both    bool // with a bearer of the same person's
	dress   func(d declared, cookies string) http.Header
}

func ways(bearerOf func(cookies string) string) []way {
	page := func(cookies, value string) http.Header {
		return http.Header{
			"Cookie": {cookies}, "Origin": {"http://localhost"}, "Sec-Fetch-Site": {"same-origin"}, "X-Csrf-Token": {value},
		}
	}
	return []way{
		{name: "own page", own: true, dress: func(d declared, cookies string) http.Header {
			return page(cookies, csrf(cookies, d.purpose()))
		}},
		{name: "no value", dress: func(_ declared, cookies string) http.Header {
			header := page(cookies, "")
			header.Del("X-Csrf-Token")
			return header
		}},
		{name: "the value for another thing", dress: func(d declared, cookies string) http.Header {
			return page(cookies, csrf(cookies, d.purpose()+"x"))
		}},
		{name: "the value of another session", dress: func(d declared, cookies string) http.Header {
			return page(cookies, csrf("tokenwright=session_x", d.purpose()))
		}},
		{name: "another site", foreign: true, dress: func(d declared, cookies string) http.Header {
			header := page(cookies, csrf(cookies, d.purpose()))
			header["Origin"], header["Sec-Fetch-Site"] = []string{"https://evil.example"}, []string{"cross-site"}
			return header
		}},
		{name: "no word of where from", dress: func(d declared, cookies string) http.Header {
			return http.Header{"Cookie": {cookies}, "X-Csrf-Token": {csrf(cookies, d.purpose())}}
		}},
		{name: "twice", twice: true, dress: func(d declared, cookies string) http.Header {
			return page(cookies+"; "+cookies, csrf(cookies, d.purpose()))
		}},
		{name: "with a bearer", both: true, dress: func(d declared, cookies string) http.Header {
			header := page(cookies, csrf(cookies, d.purpose()))
			header["Authorization"] = []string{"Bearer " + bearerOf(cookies)}
			return header
		}},
	}
}

// outcome says what becomes of a request of a browser.
func (w way) outcome(d declared, h *holder) outcome {
	changes := d.Method != http.MethodGet
	switch {
	case w.foreign && d.SameOrigin && changes:
		return foreign
	case d.public && w.twice && d.Sessions:
		return malformed
	case d.public:
		return letIn
	case d.local:
		return absent
	case !d.cookies && w.both:
		return d.bearer(h, nil)
	case !d.cookies:
		return stranger
	case w.twice || w.both:
		return malformed
	case changes && !w.own:
		return foreign
	}
	return d.person(h)
}

// purpose gives what the CSRF value of a route is for.
func (d declared) purpose() string {
	if d.BoundTo == "" {
		return ""
	}
	return unknownID
}

// csrf is the value that a page of ours knows, by its published rule: HMAC-SHA256
// of the purpose under the secret of the session.
func csrf(cookies, purpose string) string {
	_, secret, _ := strings.Cut(cookies, "=")
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("csrf\x00" + purpose))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
