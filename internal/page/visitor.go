package page

import (
	"net/http"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Visitor is who looks at a page, and all that a component may know of them.
type Visitor struct {
	*message.Language

	Now    time.Time
	Theme  Theme
	Person Person // zero: nobody is signed in
	CSRF   string
	// Here is the path of the page with its query, for forms that lead back; ""
	// is that of a page whose address is not repeated.
	Here string
	// Notice is what was done just before, or "".
	Notice string
	// Scripted says that our script asked for the page, to show its content in
	// place.
	Scripted bool

	site *Site
	by   token.Principal
	// heard is what was known of changes before the page read anything; "" where
	// pages are not live.
	heard string
	zips  bool // the page may be compressed
}

// Visitor tells who looks. It fails when it cannot be told who they are.
func (s *Site) Visitor(r *web.Request) (*Visitor, error) {
	v := s.stranger(r)
	if r.Principal.IsZero() {
		return v, nil
	}
	person, err := s.opts.Describe(r.Context(), r.Principal)
	if err != nil {
		return nil, err
	}
	v.Person, v.by, v.CSRF = person, r.Principal, r.CSRF("")
	if s.opts.Heard != nil && r.Method == http.MethodGet && r.Live() {
		v.heard = s.opts.Heard()
	}
	return v, nil
}

// stranger gives a visitor without asking who they are.
func (s *Site) stranger(r *web.Request) *Visitor {
	v := &Visitor{
		Language: s.catalog.Choose(s.cookies.read(r.Request, languageCookie), r.Header.Get("Accept-Language")),
		Now:      s.opts.Clock().UTC(), Theme: theme(s.cookies.read(r.Request, themeCookie)),
		Here: "/", Scripted: r.Header.Get(web.ScriptHeader) == web.ScriptAsks || r.ByItself(), site: s, zips: zips(r),
	}
	switch {
	case s.opts.Unrepeated(r.URL.Path):
		v.Here = ""
	case r.Method == http.MethodGet:
		v.Here = local(r.URL.RequestURI())
	}
	key := message.Key(s.cookies.read(r.Request, noticeCookie))
	if strings.HasPrefix(string(key), "notice.") && v.Has(key) && !r.ByItself() { // nobody would read it
		v.Notice = v.Text(key)
	}
	return v
}

// Known reports whether somebody is signed in.
func (v *Visitor) Known() bool { return !v.by.IsZero() }

// May reports whether the visitor holds a permission, to show only what they
// can do. The verbs decide.
func (v *Visitor) May(permission string) bool {
	return permission == "" || v.Known() && v.site.opts.Permits(v.by, permission)
}

// Languages lists the languages that can be chosen.
func (v *Visitor) Languages() []*message.Language { return v.site.catalog.Languages() }

// Instance names the installation.
func (v *Visitor) Instance() string { return v.site.instance }
