package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// sessionGrain is how often it is looked whether somebody is still signed
	// in: a browser that was signed out hears nothing 2 s later.
	sessionGrain = time.Second
	// beatEvery is how many looks there are between two heartbeats. Proxies take
	// a connection for a dead one after a minute, or after half of one.
	beatEvery = 15
	// breath is how long news are gathered before the next event.
	breath = 500 * time.Millisecond
)

// maxKinds is how many kinds of tokens a page can name, each once.
const maxKinds = 8

// livePath is where pages hear that tokens have changed.
const livePath = "/live"

// liveSurface is an event stream for scripts, so its errors are no pages.
func (h handlers) liveSurface() web.Surface {
	limits := h.Limits
	limits.Timeout = -1
	return web.Surface{
		Base: livePath, Dialect: web.Problem{}, Limits: limits,
		Routes: []web.Route{{Method: http.MethodGet, Access: web.Browsers(""), Live: true, Handle: h.live}},
	}
}

// watching is a page that hears of changes.
type watching struct {
	handlers

	request *web.Request
	kinds   []token.Kind
	page    *listener
	events  *web.Events
}

// live tells a page that tokens of some kinds have changed, and nothing else
// about them: the page then asks for itself again. Nobody hears of a kind that
// they may not list, or of tokens that they may not see.
func (h handlers) live(w http.ResponseWriter, r *web.Request) error {
	asked, since, err := h.readLive(r)
	if err != nil {
		return err
	}
	kinds, err := h.watched(r, asked)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		return web.WriteEmpty(w, http.StatusOK)
	}
	page, err := h.News.listen(r.Principal, since)
	if err != nil {
		return err
	}
	defer h.News.leave(page)
	events, err := r.Events()
	if err != nil {
		return err
	}
	watching{h, r, kinds, page, events}.follow()
	return nil
}

// watched passes the gate of watching. A page for everybody names all kinds that it
// shows to anybody: of those that this person may not list nothing is heard, and
// whoever may list none of them is refused.
func (h handlers) watched(r *web.Request, asked []token.Kind) ([]token.Kind, error) {
	var kinds []token.Kind
	for _, kind := range asked {
		if _, err := h.Authority.Rules(kind); err != nil {
			return nil, err
		}
		sees, err := h.Authority.Sees(r.Context(), r.Principal, token.Token{Kind: kind})
		switch {
		case err != nil:
			return nil, err
		case sees:
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		kinds = asked
	}
	for _, kind := range kinds {
		if err := h.Authority.Watch(r.Context(), r.Principal, kind); err != nil {
			return nil, err
		}
	}
	return kinds, nil
}

// readLive reads which kinds of tokens a page shows, and since when.
func (h handlers) readLive(r *web.Request) (kinds []token.Kind, since string, err error) {
	params, err := r.Query()
	if err != nil {
		return nil, "", err
	}
	of, err := params.One("of")
	if err != nil {
		return nil, "", err
	}
	if since, err = params.One("since"); err != nil {
		return nil, "", err
	}
	for name := range strings.FieldsSeq(of) {
		kinds = append(kinds, token.Kind(name))
	}
	slices.Sort(kinds)
	if kinds = slices.Compact(kinds); len(kinds) == 0 || len(kinds) > maxKinds {
		return nil, "", token.Invalid("of must name the kinds of tokens that the page shows, with spaces between them")
	}
	return kinds, since, nil
}

// follow sends events until the page is closed, its session ends, or the server
// stops.
func (w watching) follow() {
	look := time.NewTicker(sessionGrain)
	defer look.Stop()
	var rested <-chan time.Time
	wake, looks := w.page.wake, 0
	for {
		select {
		case <-w.request.Context().Done():
			return
		case <-w.News.closed:
			return
		case <-look.C:
			if looks++; !w.stillGood(looks) {
				return
			}
		case <-wake:
			if !w.tell() {
				return
			}
			wake, rested = nil, time.After(breath)
		case <-rested:
			wake, rested = w.page.wake, nil
		}
	}
}

// stillGood looks whether the page may go on listening. One that may not is told
// so: it then does not come back. A session about which nothing is known is as
// good as none, but the page tries again.
func (w watching) stillGood(looks int) bool {
	switch err := w.request.LookAgain(); {
	case errors.Is(err, token.ErrUnauthenticated):
		_ = w.events.Send("end", "signed out") // the page may be gone; there is nobody to tell
		return false
	case err != nil:
		return false
	}
	return looks%beatEvery != 0 || w.events.Beat() == nil
}

// tell sends an event for what has happened, as far as it is for this person. It
// reports whether the page can go on; where it is not known what the person may
// see the page comes back and is told then.
func (w watching) tell() bool {
	news := w.News.take(w.page)
	var changed []string
	for _, kind := range w.kinds {
		for what := range news {
			sees, err := w.sees(kind, what)
			if err != nil {
				return false
			}
			if sees {
				changed = append(changed, string(kind))
				break
			}
		}
	}
	return len(changed) == 0 || w.events.Send("change", strings.Join(changed, " ")) == nil
}

// sees reports whether a happening is one of a kind of tokens, and of tokens that
// the person may see.
func (w watching) sees(kind token.Kind, what happening) (bool, error) {
	if what.kind != "" && what.kind != kind {
		return false, nil
	}
	if kind == token.KindWorkspace && (what.owner == "" || what.workspace == "") {
		what = happening{} // whose tokens for which workspaces is not known
	}
	changed := token.Token{Kind: kind, Owner: what.owner, Workspace: what.workspace}
	return w.Authority.Sees(w.request.Context(), w.request.Principal, changed)
}
