package workspace

import (
	"context"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// tokenEvent is an entry of the log as the RPC shows it.
type tokenEvent struct {
	ID         string  `json:"id"`
	Event      string  `json:"event"`
	ActorUUID  *string `json:"actorUuid"`
	ActorName  *string `json:"actorName"`
	Reason     *string `json:"reason"`
	OccurredOn int64   `json:"occurredOn"`
}

func (h handlers) listAPITokenAudit(ctx context.Context, by token.Principal, p params) (any, error) {
	id, err := p.id("tokenId")
	if err != nil {
		return nil, err
	}
	q := audit.Query{TokenID: id, Actions: events()}
	if q.Limit, q.Offset, err = p.page(); err != nil {
		return nil, err
	}
	page, err := h.Authority.History(ctx, by, token.KindWorkspace, q)
	if err != nil {
		return nil, err
	}
	return h.events(ctx, page.Entries)
}

// events lists the entries that are events of a workspace token: what was done
// to it, and where it was refused.
func events() []audit.Action { return append(wire.EventActions(), audit.AccessRefused) }

// eventName gives the name of an event. A change that was refused is a refusal.
func eventName(e audit.Entry) string {
	if e.Outcome == audit.Refused {
		return "refused"
	}
	return wire.EventName(e.Action)
}

func (h handlers) events(ctx context.Context, entries []audit.Entry) ([]tokenEvent, error) {
	people := []string{}
	for _, e := range entries {
		if strings.HasPrefix(e.Actor, "user:") {
			people = append(people, e.Actor)
		}
	}
	names, err := h.Directory.NamesOf(ctx, people)
	if err != nil {
		return nil, token.Unavailable(err)
	}
	list := make([]tokenEvent, len(entries))
	for i, e := range entries {
		standing, err := h.Directory.FindStanding(ctx, e.Actor, e.Workspace)
		if err != nil {
			return nil, token.Unavailable(err)
		}
		list[i] = tokenEvent{
			ID: e.ID, Event: eventName(e), ActorUUID: optional(standing.Account),
			ActorName: optional(nameOr(names, e.Actor)), Reason: optional(e.Reason), OccurredOn: e.At.UnixMilli(),
		}
	}
	return list, nil
}
