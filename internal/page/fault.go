package page

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// WriteError implements web.Dialect: every error is a page, in the words of its
// status or, of an [Explained] one, in its own. Whoever is not signed in is led
// to where they can be, and back to what they wanted to see.
func (s *Site) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	w.Header().Del("Content-Disposition") // it is no longer the file that was asked for
	v := s.stranger(r)
	if status == http.StatusUnauthorized {
		w.Header().Del("Www-Authenticate") // browsers would ask for a password
		s.opts.SignedOut(w, r.Request)
		_ = SeeOther(w, s.opts.SignIn(v.Here)) // it has no body that could fail
		return
	}
	if known, err := s.Visitor(r); err == nil {
		v = known
	}
	shown := shownFault{request: r.ID, retry: v.retry(r, status), next: Link{v.Text("error.home"), "/"}}
	var own *Explained
	if errors.As(err, &own) {
		own.show(v, &shown)
	} else {
		shown.show(v, status, err)
	}
	_ = s.Write(w, v, Sheet{Title: shown.title, Status: status, Content: fault(v, shown)})
}

// shownFault is what the error page shows.
type shownFault struct {
	title, text string
	commands    []string
	detail      string // in English: the same words as the API's
	request     string
	retry       string // where to try again, or ""
	next        Link
}

// show puts the words of a status into the page.
func (f *shownFault) show(v *Visitor, status int, err error) {
	key := message.Key("error." + strconv.Itoa(status))
	if !v.Has(key + ".title") {
		key = "error.500"
	}
	f.title, f.text = v.Text(key+".title"), v.Text(key+".text")
	if status < http.StatusInternalServerError {
		f.detail = token.Message(err)
	}
}

// retry gives where trying again makes sense: a page that could not be shown
// for now.
func (v *Visitor) retry(r *web.Request, status int) string {
	if r.Method != http.MethodGet || status < http.StatusInternalServerError && status != http.StatusTooManyRequests {
		return ""
	}
	return v.Here
}
