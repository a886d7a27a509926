package page

import (
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
)

// What a browser keeps for the pages. None of it is a secret, and nothing is
// decided by it but how a page looks.
const (
	languageCookie = "tokenwright-language"
	themeCookie    = "tokenwright-theme"
	noticeCookie   = "tokenwright-notice"

	preferenceAge = 365 * 24 * time.Hour
	noticeAge     = time.Minute
)

const preferencesPath = "/preferences"

// cookies are named as those of the login are: "__Host-" where there is https
// (row J-02).
type cookies struct{ secure bool }

func (c cookies) name(name string) string {
	if c.secure {
		return "__Host-" + name
	}
	return name
}

// read gives the value of a cookie, or "" when it is absent or not the only one
// of its name.
func (c cookies) read(r *http.Request, name string) string {
	if found := r.CookiesNamed(c.name(name)); len(found) == 1 {
		return found[0].Value
	}
	return ""
}

// set keeps a value; an age below 0 forgets it.
func (c cookies) set(w http.ResponseWriter, name, value string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure is left out where there is no https
		Name: c.name(name), Value: value, Path: "/", MaxAge: int(age.Seconds()),
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// Theme is how light the pages are.
type Theme string

// The themes. The zero Theme follows the system.
const (
	ThemeSystem Theme = ""
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Themes lists them in the order of the choice.
func Themes() []Theme { return []Theme{ThemeSystem, ThemeLight, ThemeDark} }

// theme reads a theme; anything else is that of the system.
func theme(value string) Theme {
	switch t := Theme(value); t {
	case ThemeLight, ThemeDark:
		return t
	}
	return ThemeSystem
}

// prefer keeps a choice of language or theme and leads back.
func (s *Site) prefer(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	next, err := form.One("next")
	if err != nil {
		return err
	}
	if form.Has("language") {
		value, err := form.One("language")
		if err != nil {
			return err
		}
		if _, known := s.catalog.Named(value); known {
			s.cookies.set(w, languageCookie, value, preferenceAge)
		}
	}
	if form.Has("theme") {
		value, err := form.One("theme")
		if err != nil {
			return err
		}
		s.cookies.set(w, themeCookie, string(theme(value)), preferenceAge)
	}
	return SeeOther(w, local(next))
}

// Notify lets the next page of this browser say that something was done. The
// key must begin with "notice.".
func (s *Site) Notify(w http.ResponseWriter, key message.Key) {
	s.cookies.set(w, noticeCookie, string(key), noticeAge)
}
