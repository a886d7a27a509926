package page

import (
	"net/http"
	"strconv"

	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// WriteError implements web.Dialect: every error is a page. Whoever is not
// signed in is led to where they can be, and back to what they wanted to see.
func (s *Site) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
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
	key := message.Key("error." + strconv.Itoa(status))
	if !v.Has(key + ".title") {
		key = "error.500"
	}
	detail := ""
	if status < http.StatusInternalServerError {
		detail = token.Message(err)
	}
	_ = s.Write(w, v, Sheet{
		Title: v.Text(key + ".title"), Status: status,
		Content: fault(v, shownFault{v.Text(key + ".title"), v.Text(key + ".text"), detail, r.ID, retry(r, status)}),
	})
}

// shownFault is what the error page shows.
type shownFault struct {
	title, text string
	detail      string // in English: the same words as the API's
	request     string
	retry       string // where to try again, or ""
}

// retry gives where trying again makes sense: a page that could not be shown
// for now.
func retry(r *web.Request, status int) string {
	if r.Method != http.MethodGet || status < http.StatusInternalServerError && status != http.StatusTooManyRequests {
		return ""
	}
	return local(r.URL.RequestURI())
}
