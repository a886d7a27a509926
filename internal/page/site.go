package page

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Options are what the pages of one installation share. All fields but Version
// and Heard are required.
type Options struct {
	// PublicURL is where browsers find this server. Its host names the
	// installation to people; with https, cookies are "__Host-" ones.
	PublicURL string
	Version   string
	// Tabs is the navigation in its order.
	Tabs []Tab
	// Serves reports whether there is a page at a path. A tab whose page does
	// not exist is not shown.
	Serves func(path string) bool
	// Describe tells who somebody is here.
	Describe func(ctx context.Context, by token.Principal) (Person, error)
	// Permits reports whether somebody holds a permission.
	Permits func(by token.Principal, permission string) bool
	// SignIn gives the path of the sign-in page that leads on to next; "" is
	// nowhere in particular.
	SignIn func(next string) string
	// Unrepeated reports whether an address is one that no page may repeat,
	// neither in a form that leads back nor in a redirect: it holds a one-time
	// code (row B-06), or whatever a stranger put there. Such pages offer no
	// choice of language and theme, which would lead back.
	Unrepeated func(path string) bool
	// SignedOut makes the browser forget a session that was not good, if it
	// brought one.
	SignedOut func(w http.ResponseWriter, r *http.Request)
	// Heard names what this server knows of changes now. A page that is live says
	// it again when it begins to listen. nil: no page is live.
	Heard func() string
	Clock func() time.Time
}

// Person is who is signed in, in words for themselves.
type Person struct {
	Ref, Name string // Name may be empty
	Roles     []string
	Groups    []string
}

// Label gives what to call somebody.
func (p Person) Label() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Ref
}

// Site writes the pages of one installation. It is safe for concurrent use.
type Site struct {
	opts     Options
	instance string
	cookies  cookies
	catalog  *message.Catalog
	files    files
	zippers  zippers
}

// New makes a Site.
func New(opts Options) (*Site, error) {
	if opts.Serves == nil || opts.Describe == nil || opts.Permits == nil || opts.SignIn == nil || opts.Unrepeated == nil ||
		opts.SignedOut == nil || opts.Clock == nil {
		return nil, errors.New("page: all options but the version are required")
	}
	u, err := url.Parse(opts.PublicURL)
	if err != nil || u.Host == "" {
		return nil, errors.New("page: the public URL has no host")
	}
	s := &Site{opts: opts, instance: u.Host, cookies: cookies{secure: u.Scheme == "https"}}
	if s.catalog, err = message.Load(); err != nil {
		return nil, err
	}
	if s.files, err = loadFiles(); err != nil {
		return nil, err
	}
	return s, nil
}

// Surface gives the routes that all pages need: the static files, and the
// choice of language and theme.
func (s *Site) Surface(limits web.Limits) web.Surface {
	return web.Surface{Dialect: s, Limits: limits, Routes: []web.Route{
		{
			Method: http.MethodPost, Pattern: preferencesPath, Handle: s.prefer,
			Access: web.Public("keeps a choice of language and theme in the browser that makes it").SameOrigin(),
		},
		{
			Method: http.MethodGet, Pattern: staticPath + "/{name}", Handle: s.files.serve,
			Access: web.Public("a static file, the same for everybody"),
		},
	}}
}

// local gives path when it is one of this server that a browser may be sent to,
// else "/" (row F-02).
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsFunc(path, func(c rune) bool { return c == '\\' || c < 0x20 || c == 0x7f }) {
		return "/"
	}
	return path
}

// SeeOther leads the browser on to a path of this server after a POST: with 303
// and not 307, which would send the form again (row F-12).
func SeeOther(w http.ResponseWriter, path string) error {
	w.Header().Set("Location", path)
	return web.WriteEmpty(w, http.StatusSeeOther)
}
