package admin

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Check is one thing the server can look at in itself.
type Check struct {
	Name string
	// Mend says what an operator does when Run finds a fault.
	Mend string
	// Run gives what it found, in a few words, or a fault.
	Run func(ctx context.Context) (found string, err error)
}

func (s surface) status(w http.ResponseWriter, r *web.Request) error {
	status := api.Status{
		Version: s.About.Version, StartedAt: s.About.StartedAt, Now: s.Authority.Now(),
		PublicURL: s.About.PublicURL, Checks: []api.Check{},
	}
	for _, check := range s.Checks {
		found, err := check.Run(r.Context())
		one := api.Check{Name: check.Name, OK: err == nil, Message: found}
		if err != nil {
			// An administrator reads this, and needs the cause to mend it.
			one.Message, one.Mend = token.Cause(err).Error(), check.Mend
		}
		status.Checks = append(status.Checks, one)
	}
	return web.WriteJSON(w, http.StatusOK, status)
}
