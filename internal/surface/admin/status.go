package admin

import (
	"context"
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Check is one thing the server can look at in itself.
type Check struct {
	Name string
	// Mend says what an operator does when Run finds a fault.
	Mend string
	// Run gives what it found, in a few words, or a fault. A fault that wraps
	// Warning is one with which the server still works.
	Run func(ctx context.Context) (found string, err error)
}

// Warning marks what should be mended before it becomes a fault.
type Warning struct{ What string }

func (w Warning) Error() string { return w.What }

func (s surface) statusRoutes() []web.Route {
	return []web.Route{route(http.MethodGet, api.PathStatus, policy.Admin, s.status)}
}

func (s surface) status(w http.ResponseWriter, r *web.Request) error {
	return web.WriteJSON(w, http.StatusOK, api.Status{
		Version: s.About.Version, StartedAt: s.About.StartedAt, Now: s.Authority.Now(),
		PublicURL: s.About.PublicURL, Checks: RunChecks(r.Context(), s.Checks),
	})
}

func (s surface) statusOfData(w http.ResponseWriter, r *web.Request) error {
	return web.WriteJSON(w, http.StatusOK, api.Checks{Checks: RunChecks(r.Context(), s.DataChecks)})
}

// RunChecks makes the checks, one after another, and gives what an administrator
// is told of them.
func RunChecks(ctx context.Context, checks []Check) []api.Check {
	results := []api.Check{}
	for _, check := range checks {
		found, err := check.Run(ctx)
		one := api.Check{Name: check.Name, OK: err == nil, Message: found}
		if err != nil {
			var warning Warning
			one.Warning = errors.As(err, &warning)
			one.OK = one.Warning
			// An administrator reads this, and needs the cause to mend it.
			one.Message, one.Mend = token.Cause(err).Error(), check.Mend
		}
		results = append(results, one)
	}
	return results
}
