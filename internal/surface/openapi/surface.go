package openapi

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/tokenwright/tokenwright/internal/web"
)

// Path is where the description stands.
const Path = "/openapi.json"

// Options are what the description is made of. All but SessionCookie are
// required.
type Options struct {
	// Routes lists what is mounted. It is called after everything was.
	Routes func() []web.RouteInfo
	// Version is that of the running program, PublicURL where clients reach
	// it.
	Version, PublicURL string
	// SessionCookie is the name of the cookie of login sessions, "" where there
	// can be none.
	SessionCookie string
	// RPCPath is where the configuration puts the account RPC.
	RPCPath string
}

// Describer gives what gives the description. It is made when somebody asks for
// the first time: the routes are complete then, and a start does not wait for it.
func Describer(opts Options) func() (json.RawMessage, error) {
	return sync.OnceValues(func() (json.RawMessage, error) { return compose(opts) })
}

// Surface gives the one route, which answers with what describe gives.
func Surface(describe func() (json.RawMessage, error), limits web.Limits) web.Surface {
	return web.Surface{
		Dialect: web.Problem{}, Limits: limits,
		Routes: []web.Route{{
			Method: http.MethodGet, Pattern: Path, Access: web.Principals("").AndBrowsers(),
			Handle: func(w http.ResponseWriter, _ *web.Request) error {
				text, err := describe()
				if err != nil {
					return err
				}
				return web.WriteJSON(w, http.StatusOK, text)
			},
		}},
	}
}
