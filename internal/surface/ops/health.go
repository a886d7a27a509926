package ops

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
)

// Part is one part of the server and whether it can do its work.
type Part struct {
	Name  string // a short word: "store"
	Ready bool
	// Impaired is true when it works, but not with all that it should have.
	// The node stays ready: taking every node out for one damaged record would
	// turn a small fault into a large one.
	Impaired bool
}

// Surface gives the health routes. parts tells how each part is doing now; it
// is asked by strangers as often as they like, so it must be cheap.
func Surface(parts func(r *web.Request) []Part) web.Surface {
	h := health{parts}
	return web.Surface{
		Dialect: web.Problem{},
		Routes: []web.Route{
			{
				Method: http.MethodGet, Pattern: "/healthz", Handle: h.alive,
				Access: web.Public("says only that the process runs"),
			},
			{
				Method: http.MethodGet, Pattern: "/readyz", Handle: h.ready,
				Access: web.Public("says which parts are ready, without any detail"),
			},
		},
	}
}

type health struct{ parts func(*web.Request) []Part }

func (health) alive(w http.ResponseWriter, _ *web.Request) error {
	return web.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready answers 200 when every part is ready, else 503.
func (h health) ready(w http.ResponseWriter, r *web.Request) error {
	answer := struct {
		Ready    bool            `json:"ready"`
		Parts    map[string]bool `json:"parts"`
		Impaired []string        `json:"impaired,omitempty"`
	}{Ready: true, Parts: map[string]bool{}}
	for _, part := range h.parts(r) {
		if part.Impaired {
			answer.Impaired = append(answer.Impaired, part.Name)
		}
		answer.Parts[part.Name] = part.Ready
		answer.Ready = answer.Ready && part.Ready
	}
	if answer.Ready {
		return web.WriteJSON(w, http.StatusOK, answer)
	}
	w.Header().Set("Retry-After", "1")
	return web.WriteJSON(w, http.StatusServiceUnavailable, answer)
}
