package service

import (
	"net/http"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

const maxText = 100 // characters of q

func (h handlers) list(w http.ResponseWriter, r *web.Request) error {
	params, err := r.Query()
	if err != nil {
		return err
	}
	q, err := readQuery(params)
	if err != nil {
		return err
	}
	page, err := h.authority.List(r.Context(), r.Principal, q)
	if err != nil {
		return err
	}
	answer := wire.List[wireToken]{Tokens: make([]wireToken, len(page.Tokens)), Total: page.Total, Limit: q.Limit, Offset: q.Offset}
	for i, t := range page.Tokens {
		if answer.Tokens[i], err = h.wire(t); err != nil {
			return err
		}
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

// readQuery reads the parameters of a list. Parameters that the contract does
// not know are ignored; an empty one is as good as none, except q.
func readQuery(params web.Params) (q token.Query, err error) {
	q.Kind = token.KindService
	if q.Limit, q.Offset, err = wire.ReadPage(params, wire.UsualPage); err != nil {
		return q, err
	}
	if q.States, err = wire.ReadStates(params); err != nil {
		return q, err
	}
	if q.Owner, err = readOwner(params); err != nil {
		return q, err
	}
	if q.Sort, q.Asc, err = readOrder(params); err != nil {
		return q, err
	}
	q.Text, err = readText(params)
	return q, err
}

func readOwner(params web.Params) (string, error) {
	value, err := params.One("groupEntityRef")
	if err != nil || value == "" {
		return "", err
	}
	owner, ok := token.ParseGroupRef(value)
	if !ok {
		return "", token.Invalid("groupEntityRef must be a Group entity ref")
	}
	return owner, nil
}

func readOrder(params web.Params) (by token.SortBy, asc bool, err error) {
	value, err := params.One("sort")
	if err != nil {
		return "", false, err
	}
	switch by = token.SortBy(value); by {
	case "":
		by = token.SortCreatedAt
	case token.SortCreatedAt, token.SortExpiresAt, token.SortLastUsedAt, token.SortName, token.SortOwner:
	default:
		return "", false, token.Invalid("sort must be one of createdAt, expiresAt, lastUsedAt, name, groupEntityRef")
	}
	switch value, err = params.One("order"); {
	case err != nil:
		return "", false, err
	case value != "" && value != "asc" && value != "desc":
		return "", false, token.Invalid("order must be asc or desc")
	}
	return by, value == "asc", nil
}

// readText reads the text to search for. Characters that no stored text can
// hold would only reach the database, and not every database takes them.
func readText(params web.Params) (string, error) {
	value, err := params.One("q")
	switch n := utf8.RuneCountInString(value); {
	case err != nil:
		return "", err
	case !params.Has("q"):
		return "", nil
	case n < 1 || n > maxText:
		return "", token.Invalid("q must be between 1 and 100 characters")
	case !token.ValidText(value):
		return "", token.Invalid("q contains characters that are not allowed")
	}
	return value, nil
}
