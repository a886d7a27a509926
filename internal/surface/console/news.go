package console

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// NewsLimits bound how many pages listen at one time.
type NewsLimits struct {
	// PerSession is below the six connections that a browser opens to one
	// server without HTTP/2: others must be left for pages.
	PerSession int
	PerPerson  int
	InAll      int
}

// How much is remembered of what happened: for pages that were read a moment ago
// and listen now, and for one listener that has not been asked yet. Whoever
// would have to be told more is told that anything may have changed.
const (
	maxRecent  = 256
	maxWaiting = 64
)

// errTooManyPages is the answer to one page too many.
var errTooManyPages = token.NewError(token.ErrLimited, "Too many pages are open that listen for changes", nil)

// happening is a change of a token, as far as one must know to tell who may hear
// of it. Without an owner and a workspace it is about all tokens of the kind, and
// without a kind about all tokens.
type happening struct {
	kind             token.Kind
	owner, workspace string
}

// News tells open pages that tokens have changed, on whatever node: it hears the
// log as this node follows it. It never waits for a page. It is safe for
// concurrent use.
type News struct {
	limits NewsLimits
	// epoch tells what this News has heard from what another one has: that of
	// another node, or of this one before it was started anew.
	epoch  string
	closed chan struct{}
	once   sync.Once

	mu     sync.Mutex
	count  int // of all happenings
	recent []happening
	open   map[*listener]struct{}
}

// listener is one page that listens.
type listener struct {
	session, person string
	wake            chan struct{} // holds one

	waiting map[happening]struct{} // under the lock of News
}

// NewNews makes a News that has heard nothing yet.
func NewNews(limits NewsLimits) *News {
	return &News{
		limits: limits, epoch: rand.Text()[:8], closed: make(chan struct{}), open: map[*listener]struct{}{},
	}
}

// Heard names what was heard so far. A page that says it when it begins to listen
// is told of what it has missed.
func (n *News) Heard() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return fmt.Sprintf("%s-%d", n.epoch, n.count)
}

// Hear takes note of entries of the log. nil means that anything may have
// changed: the log is not the one that was read before.
//
// Whoever follows the log waits for it, and revocations with them (C-03): each page
// is told once of all entries together, and of no more than maxWaiting happenings.
func (n *News) Hear(entries []audit.Stored) {
	if entries == nil {
		n.tell([]happening{{}})
		return
	}
	var all []happening
	for _, entry := range entries {
		if what, ok := happeningOf(entry.Entry); ok {
			all = append(all, what)
		}
	}
	n.tell(all)
}

// apart gives what is told of happenings: each once, or that anything may have
// changed where that would be too many.
func apart(all []happening) []happening {
	var list []happening
	seen := map[happening]struct{}{}
	for _, what := range all {
		if _, twice := seen[what]; twice {
			continue
		}
		if len(list) == maxWaiting {
			return []happening{{}}
		}
		seen[what] = struct{}{}
		list = append(list, what)
	}
	return list
}

// happeningOf gives what an entry changes in a list of tokens.
func happeningOf(e audit.Entry) (what happening, ok bool) {
	if e.Outcome != audit.Allowed {
		return happening{}, false
	}
	switch e.Action {
	case audit.TokenIssued, audit.TokenImported, audit.TokenAdopted, audit.TokenRotated, audit.SecretEnded,
		audit.TokenRevoked, audit.TokensRevoked, audit.TokenDisabled, audit.TokenEnabled:
		return happening{e.Kind, e.Owner, e.Workspace}, true
	}
	return happening{}, false
}

func (n *News) tell(all []happening) {
	list := apart(all)
	if len(list) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count += len(all)
	n.recent = append(n.recent, all[max(0, len(all)-maxRecent):]...)
	n.recent = slices.Delete(n.recent, 0, max(0, len(n.recent)-maxRecent))
	for l := range n.open {
		for _, what := range list {
			l.note(what)
		}
	}
}

// note is called under the lock of News. Who waits to hear that anything may have
// changed need hear no more.
func (l *listener) note(what happening) {
	_, anything := l.waiting[happening{}]
	if _, known := l.waiting[what]; known || anything {
		return
	}
	if len(l.waiting) >= maxWaiting || what == (happening{}) {
		l.waiting, what = nil, happening{}
	}
	if l.waiting == nil {
		l.waiting = map[happening]struct{}{}
	}
	l.waiting[what] = struct{}{}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// listen begins to listen for a page; leave ends it. since is what Heard gave when
// the page was read.
func (n *News) listen(by token.Principal, since string) (*listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var ofSession, ofPerson int
	for l := range n.open {
		if l.person == by.Ref {
			ofPerson++
		}
		if l.session == by.TokenID {
			ofSession++
		}
	}
	if ofSession >= n.limits.PerSession || ofPerson >= n.limits.PerPerson || len(n.open) >= n.limits.InAll {
		return nil, errTooManyPages
	}
	l := &listener{session: by.TokenID, person: by.Ref, wake: make(chan struct{}, 1)}
	for _, what := range n.missed(since) {
		l.note(what)
	}
	n.open[l] = struct{}{}
	return l, nil
}

// missed gives what happened since then; anything, where that is not known.
func (n *News) missed(since string) []happening {
	epoch, text, _ := strings.Cut(since, "-")
	count, err := strconv.Atoi(text)
	missed := n.count - count
	if err != nil || epoch != n.epoch || missed < 0 || missed > len(n.recent) {
		return []happening{{}}
	}
	return n.recent[len(n.recent)-missed:]
}

func (n *News) leave(l *listener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, l)
}

// take gives what has happened since it was last asked.
func (n *News) take(l *listener) map[happening]struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	taken := l.waiting
	l.waiting = nil
	return taken
}

// Close ends all listening. A second call does nothing.
func (n *News) Close() { n.once.Do(func() { close(n.closed) }) }
