package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// keysPath is the list of the signing keys.
const keysPath = adminBase + "/keys"

// KeyOptions are what the pages about keys are made of. All are required.
type KeyOptions struct {
	Ring *keyring.Keyring
	// Peers lists the services that sign tokens of their own.
	Peers func(ctx context.Context) ([]Peer, error)
}

// Peer is a service that signs tokens of its own, by keys that stand in the
// configuration.
type Peer struct {
	Name, Subject string
	Types         []string // of its credentials
	Short         bool     // one of its secrets should not stay
	DisabledAt    time.Time
}

func (h handlers) keyRoutes() []web.Route {
	admin := web.Browsers(string(policy.Admin))
	routes := []web.Route{{Method: http.MethodGet, Pattern: "/keys", Access: admin, Handle: h.listKeys}}
	routes = append(routes, change("/keys/rotate", admin, h.askRotateKey, h.rotateKey)...)
	routes = append(routes, change("/keys/{kid}/retire", admin, h.askRetireKey, h.retireKey)...)
	return append(routes, change("/keys/{kid}/remove", admin, h.askRemoveKey, h.removeKey)...)
}

// keyUse is the keys of one use.
type keyUse struct {
	use  token.KeyUse
	keys []keyView
}

// newest is the key that a rotation is shown for; "" where there is none.
func (u keyUse) newest() string {
	if len(u.keys) == 0 {
		return ""
	}
	return u.keys[0].KID
}

// keyView is a signing key as pages show it.
type keyView struct {
	KID, Path, Algorithm string
	Use                  token.KeyUse
	State                keyring.State
	Created              time.Time
	CreatedBy            string
	// Until is when the last of what it signed has expired, where that is known.
	Until             time.Time
	MayRetire, MayEnd bool
	Retiring          time.Time // it signs until then; zero: nobody has said so
}

// allKeys gives the keys by what they are for.
func (h handlers) allKeys() []keyUse {
	standings := h.Keys.Ring.Standings()
	var all []keyUse
	for _, use := range token.KeyUses() {
		one := keyUse{use: use}
		for _, s := range standings {
			if s.Use == use {
				one.keys = append(one.keys, h.viewKey(s))
			}
		}
		all = append(all, one)
	}
	return all
}

func (h handlers) viewKey(s keyring.Standing) keyView {
	one := keyView{
		KID: s.KID, Path: keysPath + "/" + s.KID, Algorithm: s.Algorithm, Use: s.Use, State: s.State,
		Created: s.CreatedAt, CreatedBy: s.CreatedBy, Until: s.Until,
		MayRetire: s.State == keyring.StateSigns || s.State == keyring.StateReady,
		MayEnd:    s.State != keyring.StateRemoved && s.State != keyring.StateForgotten,
	}
	if s.State == keyring.StateSigns {
		one.Retiring = s.RetiredAt
		one.MayRetire = s.RetiredAt.IsZero()
	}
	if rules, err := h.Authority.Rules(token.KindWorkspace); err == nil && s.Use == token.KeyUseWorkspace && s.State == keyring.StateRetired {
		one.Until = s.RetiredAt.Add(rules.MaxLifetime)
	}
	return one
}

// findKey gives the key of the path.
func (h handlers) findKey(r *web.Request) (keyView, error) {
	for _, use := range h.allKeys() {
		if i := slices.IndexFunc(use.keys, func(k keyView) bool { return k.KID == r.PathValue("kid") }); i >= 0 {
			return use.keys[i], nil
		}
	}
	return keyView{}, token.NewError(token.ErrNotFound, "There is no such signing key", nil)
}

func (h handlers) listKeys(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	peers, err := h.Keys.Peers(r.Context())
	if err != nil {
		return err
	}
	var tables []keyTable
	for _, use := range h.allKeys() {
		tables = append(tables, tableOfKeys(v, use))
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("keys.title"), Tab: keysPath, Content: keyList(v, tables, peerTable(v, peers))})
}

// allowKey passes the gate of the verbs about keys.
func (h handlers) allowKey(r *web.Request, action audit.Action) error {
	return h.Authority.Allow(r.Context(), r.Principal, policy.Admin, action)
}

// useText says something about a use of keys.
func useText(v *page.Visitor, what string, use token.KeyUse) string {
	return v.Text(message.Key("keys." + what + "." + string(use)))
}

// keyTone gives the colour of a state.
func keyTone(state keyring.State) page.Tone {
	switch state {
	case keyring.StateSigns:
		return page.ToneGood
	case keyring.StateUnreadable, keyring.StateRemoved:
		return page.ToneBad
	case keyring.StateRetired:
		return page.ToneWarn
	case keyring.StateReady, keyring.StateForgotten, keyring.StateForeign:
	}
	return page.ToneQuiet
}
