package intake

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
)

// The plugin keeps of a personal token its name, owner and end. Whether it is
// good, and the hash of it, is known to the auth plugin of Backstage, which has
// a database of its own: a personal token is one of its sessions.

const selectPersonal = `SELECT t.id, t.name, t.user_entity_ref, t.session_id, t.created_at, t.expires_at, t.last_used_at, t.revoked_at,
	a.event, a.actor, a.metadata, a.occurred_at
	FROM personal_access_tokens t LEFT JOIN personal_access_token_audit_log a ON a.token_id = t.id
	ORDER BY t.created_at, t.id, a.occurred_at, a.id`

// endedElsewhere is who ended a token whose session is gone.
const endedElsewhere = "backstage"

// Personal reads the personal tokens like [PrimeDX.Tokens]. sessions is the
// database of the auth plugin, which may be the same one. A token without a
// session of its owner that is good at now is read as revoked: nobody could use
// it there any more either.
//
// Its id is that of the session, which is the first part of the raw token; the
// one it had in the plugin stands in its history.
func (p *PrimeDX) Personal(ctx context.Context, sessions *PrimeDX, now time.Time) (*PrimeDXTokens, error) {
	from := sessionTable{sessions.tx, now}
	return p.read(ctx, pluginTable{
		name: "personal_access_tokens", query: selectPersonal,
		complete: func(line *api.ImportLine, row *pluginRow, history *[]pluginEvent) error {
			return from.complete(ctx, line, row, history)
		},
		columns: func(r *pluginRow) []any {
			return []any{
				&r.line.ID, &r.line.Name, &r.line.Owner, &r.session, &r.created, &r.expires, &r.used, &r.revoked,
				&r.event, &r.actor, &r.metadata, &r.occurred,
			}
		},
	})
}

// complete joins a row with its session.
func (s sessionTable) complete(ctx context.Context, line *api.ImportLine, row *pluginRow, history *[]pluginEvent) error {
	former := line.ID
	line.ID, line.Kind, line.Algorithm, line.CreatedBy = row.session, string(token.KindPersonal), AlgorithmScrypt, line.Owner
	if err := completeTimes(line, row); err != nil {
		return err
	}
	*history = append([]pluginEvent{{Event: "ID", Metadata: formerID(former), OccurredAt: line.CreatedAt}}, *history...)
	if !line.RevokedAt.IsZero() {
		line.RevokedBy = line.Owner // nobody else can
		return nil
	}
	found, ok, err := s.find(ctx, row.session)
	switch {
	case err != nil:
		return err
	case !ok:
		endHere(line, history, "SESSION_GONE", lastKnown(*history))
	case !strings.EqualFold(found.owner, line.Owner):
		// One began what another consented to: it acts as somebody else than the
		// list says (PER-06).
		endHere(line, history, "SESSION_OF_ANOTHER", lastKnown(*history))
	case !s.now.Before(found.ends()):
		endHere(line, history, "SESSION_EXPIRED", found.ends())
	default:
		return goOn(line, found)
	}
	return nil
}

// goOn takes the secret of a session over.
func goOn(line *api.ImportLine, found session) error {
	hash, err := token.ParseScryptHash(found.hash)
	if err != nil {
		return token.Invalid("token_hash of its session: " + token.Message(err))
	}
	line.Digest = hash.String()
	if found.used.After(found.created) {
		line.LastUsedAt = found.used
	}
	return nil
}

// endHere reads a token as revoked, and says why in its history.
func endHere(line *api.ImportLine, history *[]pluginEvent, why string, at time.Time) {
	line.RevokedAt, line.RevokedBy = at, endedElsewhere
	*history = append(*history, pluginEvent{Event: why, OccurredAt: at})
}

// lastKnown gives the time of the last event: when the session ended is not
// known, and it was good then.
func lastKnown(history []pluginEvent) time.Time {
	last := history[0].OccurredAt
	for _, e := range history {
		if e.OccurredAt.After(last) {
			last = e.OccurredAt
		}
	}
	return last
}

func formerID(text string) json.RawMessage {
	data, _ := json.Marshal(map[string]string{"id": text}) // of texts: it cannot fail
	return data
}
