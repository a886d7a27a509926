package console

import (
	"encoding/json"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// ShownAPI gives what the page of the API asks for its contents, which knows the
// names of the groups.
func ShownAPI(read func() (json.RawMessage, error)) func() (groups []string, err error) {
	shown := &shownAPI{read: read}
	return func() ([]string, error) {
		view, err := shown.view()
		if err != nil {
			return nil, err
		}
		var titles []string
		for _, one := range view.groups {
			titles = append(titles, one.title)
		}
		return titles, nil
	}
}

// Waiting begins to listen, and says how much waits to be told when it is asked.
func Waiting(t *testing.T, n *News) func() int {
	t.Helper()
	l, err := n.listen(token.Principal{Ref: "user:default/alice", TokenID: "session"}, n.Heard())
	if err != nil {
		t.Fatal(err)
	}
	return func() int { return len(n.take(l)) }
}
