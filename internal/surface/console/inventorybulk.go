package console

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// bulkAction is what can be done to many tokens at once.
type bulkAction string

const (
	bulkRevoke  bulkAction = "revoke"
	bulkDisable bulkAction = "disable"
)

const (
	// bulkStep is how many tokens one request changes: each is a change of its
	// own, with its entry in the log, and a request must end soon. The page then
	// says how far it is and asks for the next ones.
	bulkStep = 25
	// bulkSample is how many tokens are looked at to say whom a change hits.
	bulkSample = 1000
)

// bulk is many tokens and what is to happen to them, as a form carries it from
// one request to the next: nothing about it is kept by the server.
type bulk struct {
	action bulkAction
	picked []string        // named one by one, or
	all    bool            // all that match
	filter inventoryFilter //  the filter
	// before is when it was asked for: tokens that were made later are not meant.
	before      time.Time
	reason      string
	place       string // "kind:id" of the last one that was done, of all
	total       int
	done, spare int // that were changed, and that could not be
}

// readBulk reads what is to happen.
func readBulk(params web.Params, now time.Time) (bulk, error) {
	b := bulk{before: now}
	var err error
	if b.filter, err = readInventoryFilter(params); err != nil {
		return bulk{}, err
	}
	var action, all, before, total, done, spare string
	for name, into := range map[string]*string{
		"action": &action, "all": &all, "before": &before, "total": &total, "done": &done, "spare": &spare,
		"reason": &b.reason, "place": &b.place,
	} {
		if *into, err = params.One(name); err != nil {
			return bulk{}, err
		}
	}
	if b.picked, err = params.All("id"); err != nil {
		return bulk{}, err
	}
	b.action, b.all = bulkAction(action), all != ""
	if b.action != bulkRevoke && b.action != bulkDisable {
		return bulk{}, token.Invalid("action must be one of revoke, disable")
	}
	if at, err := time.Parse(time.RFC3339Nano, before); err == nil && at.Before(now) {
		b.before = at
	}
	b.total, b.done, b.spare = number(total), number(done), number(spare)
	if b.all && !b.filter.active() || len(b.picked) > bulkSample {
		return bulk{}, token.Invalid("Choose fewer tokens: narrow the list first")
	}
	return b, nil
}

// number reads a count that only serves to show how far it is.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1e9 {
		return 0
	}
	return n
}

// byMark reports whether mass revocations do it, one for each kind.
func (b bulk) byMark() bool { return b.all && b.action == bulkRevoke && b.filter.broad() }

// states gives the states of the tokens on which the action has an effect.
func (b bulk) states() []token.State {
	states := []token.State{token.StateActive, token.StateExpiring}
	if b.action == bulkRevoke {
		states = append(states, token.StateDisabled)
	}
	wanted := b.filter.states()
	if !b.all || wanted == nil {
		return states
	}
	return slices.DeleteFunc(states, func(s token.State) bool { return !slices.Contains(wanted, s) })
}

// hits gives those of the picked tokens on which the action has an effect.
func (h handlers) hits(r *web.Request, b bulk, picked []string) ([]token.Token, error) {
	list, err := h.findAllPicked(r, picked)
	states := b.states()
	return slices.DeleteFunc(list, func(t token.Token) bool { return !slices.Contains(states, h.stateOf(t)) }), err
}

// matches reads tokens that match, in the order of sort, and how many there are
// in all if that is asked for. Those made since it was asked are left out.
func (h handlers) matches(r *web.Request, b bulk, shape token.Query) (list []token.Token, total int, err error) {
	q, ok := b.filter.query(h.Authority.Now())
	if q.States = b.states(); !ok || len(q.States) == 0 {
		return nil, 0, nil
	}
	q.Sort, q.Asc, q.Limit, q.NoTotal, q.After = shape.Sort, shape.Asc, shape.Limit, shape.NoTotal, shape.After
	for _, q.Kind = range h.inventoryKinds(r, b.filter) {
		if shape.Kind != "" && q.Kind != shape.Kind {
			continue
		}
		found, err := h.Authority.List(r.Context(), r.Principal, q)
		if err != nil {
			return nil, 0, err
		}
		list, total = append(list, found.Tokens...), total+found.Total
	}
	return slices.DeleteFunc(list, func(t token.Token) bool { return t.CreatedAt.After(b.before) }), total, nil
}

// change does to one token what is to happen. One that ended meanwhile is as
// good as changed.
func (h handlers) change(ctx context.Context, by token.Principal, b bulk, t token.Token) error {
	var err error
	if b.action == bulkRevoke {
		_, err = h.Authority.Revoke(ctx, by, t.Kind, token.Revocation{TokenID: t.ID, Reason: b.reason})
	} else {
		_, err = h.Authority.Disable(ctx, by, t.Kind, t.ID)
	}
	if errors.Is(err, token.ErrConflict) || errors.Is(err, token.ErrNotFound) {
		return nil
	}
	return err
}
