package console

import (
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// Waiting begins to listen, and says how much waits to be told when it is asked.
func Waiting(t *testing.T, n *News) func() int {
	t.Helper()
	l, err := n.listen(token.Principal{Ref: "user:default/alice", TokenID: "session"}, n.Heard())
	if err != nil {
		t.Fatal(err)
	}
	return func() int { return len(n.take(l)) }
}
