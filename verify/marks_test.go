package verify_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// TestMarksRevokeWhatTheyCover caches a token, sets a mark, and asks again; the
// source says nothing of marks, so the verifier has to.
func TestMarksRevokeWhatTheyCover(t *testing.T) {
	for _, tc := range []struct {
		name   string
		mark   token.Mark
		covers bool
	}{
		{"its owner", token.Mark{Owner: "group:default/platform"}, true},
		{"another owner", token.Mark{Owner: "group:default/other"}, false},
		{"its kind", token.Mark{Kind: token.KindService}, true},
		{"another kind", token.Mark{Kind: token.KindUser}, false},
		{"its workspace", token.Mark{Workspace: "w"}, true},
		{"another workspace", token.Mark{Workspace: "v"}, false},
		{"everything", token.Mark{}, true},
		{"its owner and kind", token.Mark{Owner: "group:default/platform", Kind: token.KindService}, true},
		{"its owner, another kind", token.Mark{Owner: "group:default/platform", Kind: token.KindUser}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, func(o *verify.Options) { o.Lease = time.Hour })
			raw, _ := w.issue(func(t *token.Token) { t.Workspace = "w" })
			w.want("before the mark", raw, nil)
			w.clock.move(time.Second)
			tc.mark.ID, tc.mark.NotBefore = "m1", w.clock.now()
			w.v.Apply(token.Change{Mark: &tc.mark})

			var reason error
			if tc.covers {
				reason = token.ErrRevoked
			}
			w.want("cached before the mark", raw, reason)
			w.want("again", raw, reason)
			w.v.Load(nil)
			w.want("a snapshot without it takes no mark away", raw, reason)
			w.clock.move(time.Hour)
			w.want("past lease and cache", raw, reason)
			w.hear()

			w.clock.move(-time.Hour) // as long as it matters: issued behind the mark
			later, _ := w.issue(func(t *token.Token) {
				t.Workspace, t.CreatedAt = "w", tc.mark.NotBefore.Add(time.Microsecond)
			})
			w.want("issued behind the mark", later, nil)
			w.want("issued behind the mark, cached", later, nil)
		})
	}
}

func TestAMarkCoversTheInstantItNames(t *testing.T) {
	w := newWorld(t)
	at, _ := w.issue()
	behind, _ := w.issue(func(t *token.Token) { t.CreatedAt = start.Add(time.Microsecond) })
	w.want("cached", at, nil)
	w.want("cached", behind, nil)
	w.v.Apply(token.Change{Mark: &token.Mark{ID: "m", NotBefore: start}})
	w.want("issued at the instant", at, token.ErrRevoked)
	w.want("issued a microsecond behind it", behind, nil)
}

func TestMarksAddUp(t *testing.T) {
	w := newWorld(t)
	var raws []string
	for i := range 50 {
		raw, _ := w.issue(func(t *token.Token) { t.Owner = fmt.Sprintf("group:default/g%d", i) })
		w.want("before", raw, nil)
		raws = append(raws, raw)
	}
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			mark := token.Mark{ID: fmt.Sprint("m", i), Owner: fmt.Sprintf("group:default/g%d", i), NotBefore: start}
			for range 3 { // heard again, from the log
				w.v.Apply(token.Change{Mark: &mark})
			}
		})
	}
	group.Wait()
	w.v.Load([]token.Mark{{ID: "m40", Owner: "group:default/g40", NotBefore: start}})
	for i, raw := range raws {
		var reason error
		if i <= 40 {
			reason = token.ErrRevoked
		}
		w.want(fmt.Sprint("owner ", i), raw, reason)
	}
}

func TestInspectSeesMarks(t *testing.T) {
	w := newWorld(t)
	raw, record := w.issue()
	w.v.Apply(token.Change{Mark: &token.Mark{ID: "m", NotBefore: start}})
	if _, found, err := w.v.Inspect(t.Context(), raw); !errors.Is(err, token.ErrRevoked) || found.ID != record.ID {
		t.Errorf("%v, %v", found.ID, err)
	}
}
