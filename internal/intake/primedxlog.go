package intake

import (
	"encoding/json"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
)

// pluginEvent is a line of the plugin's log, as its API gives it.
type pluginEvent struct {
	Event      string          `json:"event"`
	Actor      string          `json:"actor,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	OccurredAt time.Time       `json:"occurredAt"`
}

func (r *pluginRow) pluginEvent() (*pluginEvent, error) {
	if !r.event.Valid {
		return nil, nil //nolint:nilnil // a token without a log has one row without an event
	}
	at, ok := instant(r.occurred)
	if !ok {
		return nil, token.Invalid("occurred_at of its log is not a time")
	}
	e := &pluginEvent{Event: r.event.String, Actor: r.actor.String, OccurredAt: at}
	if json.Valid([]byte(r.metadata.String)) {
		e.Metadata = json.RawMessage(r.metadata.String)
	}
	return e, nil
}

// tell puts the log of a token into its line.
func tell(line *api.ImportLine, history []pluginEvent) error {
	if len(history) == 0 {
		return nil
	}
	text, err := json.Marshal(history)
	if err != nil {
		return token.Invalid("its log cannot be read")
	}
	line.History = string(text)
	return nil
}

// instant reads a time as the drivers give it: the plugin writes ISO 8601, which
// SQLite keeps as text, and milliseconds where an older version of its library
// did.
func instant(value any) (time.Time, bool) {
	switch v := value.(type) {
	case nil:
		return time.Time{}, true
	case time.Time:
		return v.UTC().Truncate(time.Microsecond), true
	case int64:
		return time.UnixMilli(v).UTC(), true
	case []byte:
		return instant(string(v))
	case string:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999"} {
			if t, err := time.Parse(layout, v); err == nil {
				return t.UTC().Truncate(time.Microsecond), true
			}
		}
	}
	return time.Time{}, false
}
