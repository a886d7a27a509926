package user

import (
	"fmt"
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

func (h handlers) issue(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "user", "name", "permissions", "expiresInDays", "expiresAt")
	if err != nil {
		return err
	}
	expiry, err := h.expiry(fields)
	if err != nil {
		return err
	}
	issued, err := h.authority.Issue(r.Context(), r.Principal, authority.Request{
		Kind:   token.KindUser,
		Name:   fields.Text("name"),
		Owner:  fields.Ref("user"),
		Scopes: fields.Scopes("permissions"),
		Expiry: expiry,
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", Base+"/"+issued.Token.ID)
	return h.writeIssued(w, r, http.StatusCreated, issued)
}

// writeIssued writes a record with its secret. It is one of the two answers
// that ever hold one.
func (h handlers) writeIssued(w http.ResponseWriter, r *web.Request, status int, issued token.Issued) error {
	record, err := h.wire(r.Context(), issued.Token)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, status, wire.Issued[wireToken]{Token: record, RawToken: issued.Secret.Reveal()})
}

func (h handlers) rotate(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "overlapSeconds", "expiresAt", "expiresInDays")
	if err != nil {
		return err
	}
	overlap, err := fields.Overlap()
	if err != nil {
		return err
	}
	expiry, err := h.expiry(fields)
	if err != nil {
		return err
	}
	issued, err := h.authority.Rotate(r.Context(), r.Principal, authority.RotateRequest{
		Kind: token.KindUser, TokenID: r.PathValue("id"), Overlap: overlap, Expiry: expiry,
	})
	if err != nil {
		return err
	}
	return h.writeIssued(w, r, http.StatusOK, issued)
}

// What can be wrong with a wished expiry. The texts are the contract's.
var (
	errBoth       = token.Invalid("give expiresInDays or expiresAt, not both")
	errUnreadable = token.Invalid("expiresAt must be in the future")
)

// dateLength is the length of a date without a time, which this contract does
// not know.
const dateLength = len("2006-01-02")

// expiry gives the wish for an expiry. What cannot be read becomes its Fault,
// which is reported in its turn.
func (h handlers) expiry(fields wire.Fields) (authority.Expiry, error) {
	at, hasAt := fields.Find("expiresAt")
	days, hasDays := fields.Find("expiresInDays")
	switch {
	case hasAt && hasDays:
		return authority.Expiry{Fault: errBoth}, nil
	case hasDays:
		return h.days(days)
	case hasAt:
		text, ok := at.Text()
		if !ok || len(text) <= dateLength {
			return authority.Expiry{Fault: errUnreadable}, nil
		}
		instant, err := wire.ParseInstant(text)
		return authority.Expiry{At: instant, Fault: err}, nil
	}
	return authority.Expiry{}, nil
}

// days reads a whole number of days up to the kind's maximum.
func (h handlers) days(value web.Value) (authority.Expiry, error) {
	rules, err := h.authority.Rules(token.KindUser)
	if err != nil {
		return authority.Expiry{}, err
	}
	longest := int64(rules.MaxLifetime / (24 * time.Hour))
	days, ok := value.Integer()
	if !ok || days < 1 || days > longest {
		fault := token.Invalid(fmt.Sprintf("expiresInDays must be between 1 and %d", longest))
		return authority.Expiry{Fault: fault}, nil
	}
	return authority.Expiry{Days: days}, nil
}
