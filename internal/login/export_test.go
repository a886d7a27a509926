package login

import (
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// OpenState reads a state for a browser that never began anything.
func OpenState(state string) (string, error) {
	key, err := newFlowKey(token.NewSecret("browser_of_a_test"), "https://idp.example", "client")
	if err != nil {
		return "", err
	}
	f, err := key.open(state, time.Now())
	return f.next, err
}
