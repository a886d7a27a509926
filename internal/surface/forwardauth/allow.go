package forwardauth

import (
	"net/http"
	"strconv"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// maxValues bounds the identity headers of an answer, in bytes. With names and
// the headers of every answer the head stays below 4 KiB (row D-10).
const maxValues = 3 << 10

// errUnfit: what the token says cannot be said in headers.
var errUnfit = token.NewError(token.ErrPermission, "What this token carries does not fit into the headers of an answer (3072 bytes of visible ASCII); issue one with fewer scopes", nil)

// identity names the seven headers, in the order of their values.
var identity = [...]string{ //nolint:gochecknoglobals // it is only read
	"X-Auth-Subject", "X-Auth-Kind", "X-Auth-Token-Id", "X-Auth-Owner",
	"X-Auth-Workspace", "X-Auth-Scopes", "X-Auth-Expires",
}

// fixed are header values that are the same in every answer. They are shared
// and never changed.
type fixed struct{ vary, empty []string }

func newFixed() fixed { return fixed{vary: []string{vary}, empty: []string{""}} }

// vary names what an answer depends on, for caches that keep it against our
// word (row D-09). Cookies are named for the upstream's sake.
const vary = "Authorization, Cookie, X-API-Key"

// allow answers 200 with all seven headers; proof is nil on a public path.
// The names are canonical, so the map is written directly.
func (g *gate) allow(w http.ResponseWriter, v *verify.Verified) error {
	h := w.Header()
	if v == nil {
		for _, name := range identity {
			h[name] = g.fixed.empty
		}
	} else {
		values := [len(identity)]string{
			string(v.Subject()), string(v.Kind()), v.TokenID(), v.Owner(),
			v.Workspace(), v.ScopeString(), "",
		}
		if ends := v.ExpiresAt(); !ends.IsZero() { // the fixed text of a peer may have no end
			values[len(values)-1] = strconv.FormatInt(ends.Unix(), 10)
		}
		if !fits(&values) {
			return errUnfit
		}
		all := values[:]
		for i, name := range identity {
			h[name] = all[i : i+1 : i+1]
		}
	}
	h["Vary"] = g.fixed.vary
	w.WriteHeader(http.StatusOK)
	return nil
}

// fits reports whether the values can be sent: short enough together, and
// without anything that a proxy could take for the end of a header. The
// subjects of foreign issuers are theirs to choose.
func fits(values *[len(identity)]string) bool {
	total := 0
	for _, s := range values {
		total += len(s)
		for i := range len(s) {
			if s[i]-0x20 >= 0x7f-0x20 { // below the first one it wraps around
				return false
			}
		}
	}
	return total <= maxValues
}
