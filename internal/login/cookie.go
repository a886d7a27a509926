package login

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tokenwright/tokenwright/token"
)

// browserAge is how long a browser is remembered for what it began: a sign-in,
// an authorization. Each beginning starts it anew.
const browserAge = 10 * time.Minute

// arrivalAge is how long the way takes at the most from where a token was made
// to the page that shows it.
const arrivalAge = time.Minute

// Cookies are the cookies of this installation. They hold random secrets, the id
// of a token, and nothing else.
//
// With an https public URL their names begin with "__Host-": browsers then take
// them from this very host alone, over https alone, so that neither a sibling
// domain nor a network can plant one (row J-02). On http and a loopback
// address, where there is no https, browsers refuse such names; the cookies
// have plain names there and lack Secure. On http elsewhere there are none:
// everybody on the way could read them.
type Cookies struct {
	lead   string
	secure bool
	usable bool
	origin string
}

// NewCookies makes the cookies of an installation with this public URL.
func NewCookies(publicURL string) Cookies {
	u, err := url.Parse(publicURL)
	switch {
	case err != nil || u.Host == "":
		return Cookies{}
	case u.Scheme == "https":
		return Cookies{lead: "__Host-", secure: true, usable: true, origin: "https://" + u.Host}
	case u.Scheme == "http" && loopback(u.Hostname()):
		return Cookies{usable: true, origin: "http://" + u.Host}
	}
	return Cookies{}
}

// Usable reports whether there can be login sessions at all.
func (c Cookies) Usable() bool { return c.usable }

// Origin gives the origin of the public URL, "" without usable cookies.
func (c Cookies) Origin() string { return c.origin }

// SessionName gives the name of the cookie of login sessions, "" without
// usable cookies.
func (c Cookies) SessionName() string {
	if !c.usable {
		return ""
	}
	return c.lead + "tokenwright"
}

func (c Cookies) browserName() string { return c.lead + "tokenwright-browser" }

// setSession gives the browser the secret of its session.
func (c Cookies) setSession(w http.ResponseWriter, secret token.Secret, age time.Duration) {
	http.SetCookie(w, c.cookie(c.SessionName(), secret, age))
}

// ClearSession makes the browser forget its session.
func (c Cookies) ClearSession(w http.ResponseWriter) {
	if c.usable {
		http.SetCookie(w, c.cookie(c.SessionName(), token.Secret{}, -time.Second))
	}
}

// ForgetSession makes the browser forget a session that was not good, if it
// brought one. A form of another site is sent without the cookie: that it is
// refused must sign nobody out (row F-07).
func (c Cookies) ForgetSession(w http.ResponseWriter, r *http.Request) {
	if len(r.CookiesNamed(c.SessionName())) > 0 {
		c.ClearSession(w)
	}
}

// Session gives the secret of the session that a request brings, good or not.
func (c Cookies) Session(r *http.Request) token.Secret {
	return c.read(r, c.SessionName(), sessionLead)
}

// EnsureBrowser gives the secret by which the browser is recognised when it
// comes back to what it begins now, and makes one if it has none. What is begun
// is bound to it by a digest, or by a key that follows from it (rows F-08,
// PER-30 and PER-42); nobody else's browser can finish it.
func (c Cookies) EnsureBrowser(w http.ResponseWriter, r *http.Request) token.Secret {
	secret := c.Browser(r)
	if secret.IsZero() {
		secret = newSecret(browserLead)
	}
	http.SetCookie(w, c.cookie(c.browserName(), secret, browserAge))
	return secret
}

// Browser gives the secret by which the browser is recognised; the zero Secret
// for a browser that has begun nothing lately.
func (c Cookies) Browser(r *http.Request) token.Secret {
	return c.read(r, c.browserName(), browserLead)
}

// Arrive notes in the browser that a token was made in it a moment ago: the page
// to which it is led shows those and no other, so that a link of a stranger can
// show nobody a token of the stranger's (PER-43).
//
// Each token has a cookie of its own, named by its id. One cookie with a list
// could not hold the tokens of two tabs that come back at the same time: each
// answer would write it without knowing of the other.
func (c Cookies) Arrive(w http.ResponseWriter, tokenID string) {
	http.SetCookie(w, c.cookie(c.arrivalLead()+tokenID, token.NewSecret("made"), arrivalAge))
}

// Arrived gives the ids of the tokens that were made in the browser a moment
// ago, in the order of the cookies.
func (c Cookies) Arrived(r *http.Request) []string {
	if !c.usable {
		return nil
	}
	var ids []string
	for _, one := range r.Cookies() {
		id, ours := strings.CutPrefix(one.Name, c.arrivalLead())
		if ours && len(id) == uuidLength && uuid.Validate(id) == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (c Cookies) arrivalLead() string { return c.lead + "tokenwright-arrived-" }

// uuidLength is that of the one spelling of a UUID that ids have.
const uuidLength = 36

// read gives the one cookie of a name. Of two, one was planted: neither counts.
func (c Cookies) read(r *http.Request, name, lead string) token.Secret {
	cookies := r.CookiesNamed(name)
	if !c.usable || len(cookies) != 1 || !shaped(cookies[0].Value, lead) {
		return token.Secret{}
	}
	return token.NewSecret(cookies[0].Value)
}

// cookie writes a cookie. SameSite is Lax and not Strict: the way back from a
// provider, or from a link in a mail, begins on another site.
func (c Cookies) cookie(name string, value token.Secret, age time.Duration) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure is left out on http alone, and that is on loopback alone
		Name: name, Value: value.Reveal(), Path: "/", MaxAge: int(age.Seconds()),
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// Secrets begin with what they are for, so that none can pass for another
// (rule 11 of the standing rules).
const (
	sessionLead = "session_"
	browserLead = "browser_"
	randomSize  = 52 // 260 bits in base32
)

func newSecret(lead string) token.Secret { return token.NewSecret(lead + rand.Text() + rand.Text()) }

// shaped reports whether a text could be a secret of ours. It spares the store
// a look at junk and decides nothing.
func shaped(text, lead string) bool {
	random, ok := strings.CutPrefix(text, lead)
	return ok && len(random) == randomSize
}
