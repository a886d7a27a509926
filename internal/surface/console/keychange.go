package console

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// askedRotation is the page that asks before a new key is made.
type askedRotation struct {
	use    token.KeyUse
	newest string // the key that the form is shown for
}

func (h handlers) askRotateKey(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	params, err := r.Query()
	if err != nil {
		return err
	}
	asked, err := h.rotationOf(params)
	if err != nil {
		return err
	}
	title := v.Text("keys.rotate.title", "use", useText(v, "use", asked.use))
	return h.Site.Write(w, v, page.Sheet{Title: title, Tab: keysPath, Trail: keyTrail(v), Content: keyRotate(v, title, asked)})
}

// rotationOf reads which use of keys a request is about.
func (h handlers) rotationOf(params web.Params) (askedRotation, error) {
	text, err := params.One("use")
	if err != nil {
		return askedRotation{}, err
	}
	for _, one := range h.allKeys() {
		if string(one.use) == text {
			return askedRotation{one.use, one.newest()}, nil
		}
	}
	return askedRotation{}, token.Invalid("use must be access, log or workspace")
}

// rotateKey makes a new key. The form names the newest key that it was shown
// for: sent again, by a reload or from another tab, it makes no further one.
func (h handlers) rotateKey(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	asked, err := h.rotationOf(form)
	if err != nil {
		return err
	}
	seen, err := form.One("newest")
	if err != nil {
		return err
	}
	if err := h.allowKey(r, audit.KeyAdded); err != nil {
		return err
	}
	switch err := h.Keys.Ring.RotateFrom(r.Context(), asked.use, seen, r.Principal); {
	case errors.Is(err, token.ErrConflict):
		return token.NewError(token.ErrConflict, "This key was rotated meanwhile. Look at the list, and rotate once more if that was not meant.", err)
	case err != nil:
		return err
	}
	h.Site.Notify(w, "notice.key-rotated")
	return page.SeeOther(w, keysPath)
}

// askedEnd is a page that asks before a key signs nothing more, or is removed.
type askedEnd struct {
	key   keyView
	last  bool // it is the last one of its use that signs
	fault string
}

func (h handlers) askRetireKey(w http.ResponseWriter, r *web.Request) error {
	return h.askEnd(w, r, "", func(v *page.Visitor, asked askedEnd) page.Sheet {
		return page.Sheet{Title: v.Text("keys.retire.title"), Content: keyRetire(v, asked)}
	})
}

func (h handlers) askRemoveKey(w http.ResponseWriter, r *web.Request) error {
	return h.showRemove(w, r, "")
}

// showRemove asks before a key is removed: it says what stops, and takes one
// click more than anything else.
func (h handlers) showRemove(w http.ResponseWriter, r *web.Request, fault message.Key) error {
	return h.askEnd(w, r, fault, func(v *page.Visitor, asked askedEnd) page.Sheet {
		sheet := page.Sheet{Title: v.Text("keys.remove.title"), Content: keyRemove(v, asked)}
		if asked.fault != "" {
			sheet.Status = http.StatusUnprocessableEntity
		}
		return sheet
	})
}

func (h handlers) askEnd(w http.ResponseWriter, r *web.Request, fault message.Key, build func(*page.Visitor, askedEnd) page.Sheet) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	asked := askedEnd{}
	if asked.key, err = h.findKey(r); err != nil {
		return err
	}
	asked.last = h.isLast(asked.key)
	if fault != "" {
		asked.fault = v.Text(fault)
	}
	sheet := build(v, asked)
	sheet.Tab, sheet.Trail = keysPath, keyTrail(v)
	return h.Site.Write(w, v, sheet)
}

// isLast reports whether no other key of the same use could sign.
func (h handlers) isLast(key keyView) bool {
	for _, use := range h.allKeys() {
		if use.use == key.Use {
			return !slices.ContainsFunc(use.keys, func(k keyView) bool { return k.KID != key.KID && k.MayRetire })
		}
	}
	return true
}

func (h handlers) retireKey(w http.ResponseWriter, r *web.Request) error {
	return h.endKey(w, r, keyEnd{audit.KeyRetired, h.Keys.Ring.Retire, "notice.key-retired"})
}

func (h handlers) removeKey(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	sure, err := form.One("sure")
	if err != nil {
		return err
	}
	if sure != "yes" {
		return h.showRemove(w, r, "keys.remove.sure.fault")
	}
	return h.endKey(w, r, keyEnd{audit.KeyRemoved, h.Keys.Ring.Remove, "notice.key-removed"})
}

// keyEnd is a verb that ends a key, and what is said of it.
type keyEnd struct {
	action audit.Action
	end    func(ctx context.Context, kid string, by token.Principal) error
	said   message.Key
}

func (h handlers) endKey(w http.ResponseWriter, r *web.Request, verb keyEnd) error {
	if err := h.allowKey(r, verb.action); err != nil {
		return err
	}
	if err := verb.end(r.Context(), r.PathValue("kid"), r.Principal); err != nil {
		return err
	}
	h.Site.Notify(w, verb.said)
	return page.SeeOther(w, keysPath)
}

// keyTrail leads from a page about keys to their list.
func keyTrail(v *page.Visitor) []page.Link {
	return []page.Link{{Text: v.Text("keys.title"), Path: keysPath}}
}

// keyStateKey names a state of a key.
func keyStateKey(state keyring.State) message.Key { return message.Key("keys.state." + string(state)) }
