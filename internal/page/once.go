package page

import (
	"strconv"

	"github.com/tokenwright/tokenwright/token"
)

// OneTime is a secret that is shown once, with ways to use it.
type OneTime struct {
	Secret   token.Secret
	Snippets []Snippet
	// Done leads away from it.
	Done Link
}

// Snippet is something ready to paste.
type Snippet struct{ Title, Text string }

func snippetID(i int) string { return "snippet-" + strconv.Itoa(i+1) }
