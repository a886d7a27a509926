package service

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Sizes of pages.
const (
	defaultLimit = 50
	maxLimit     = 200
	maxText      = 100 // characters of q
)

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
	answer := wireList{Tokens: make([]wireToken, len(page.Tokens)), Total: page.Total, Limit: q.Limit, Offset: q.Offset}
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
	if q.Limit, q.Offset, err = readPage(params, pageSizes{defaultLimit, maxLimit}); err != nil {
		return q, err
	}
	if q.States, err = readStates(params); err != nil {
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

// pageSizes are the page size of a list when none is wished for, and the
// largest.
type pageSizes struct{ usual, largest int }

// readPage reads limit and offset; the values are those that are applied. A
// limit above the largest is cut to it.
func readPage(params web.Params, sizes pageSizes) (limit, offset int, err error) {
	if limit, err = readCount(params, "limit", sizes.usual); err != nil {
		return 0, 0, err
	}
	offset, err = readCount(params, "offset", 0)
	return min(limit, sizes.largest), offset, err
}

// maxCount is the largest whole number that every reader of JSON agrees on.
const maxCount = 1<<53 - 1

// readCount reads a whole number of at least 0. Larger ones than maxCount are
// cut to it: no list is that long.
func readCount(params web.Params, name string, usual int) (int, error) {
	value, err := params.One(name)
	if err != nil || value == "" {
		return usual, err
	}
	if strings.Trim(value, "0123456789") != "" {
		return 0, token.Invalid(name + " must be a whole number of at least 0")
	}
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		return maxCount, nil //nolint:nilerr // it consists of digits, so it is only too large
	}
	return int(min(n, maxCount)), nil
}

// readStates reads one status or several between commas.
func readStates(params web.Params) ([]token.State, error) {
	value, err := params.One("status")
	if err != nil || value == "" {
		return nil, err
	}
	var states []token.State
	for name := range strings.SplitSeq(value, ",") {
		state := token.State(name)
		if !slices.Contains(token.States(), state) {
			return nil, token.Invalid("status must be one of active, expiring, disabled, expired, revoked")
		}
		if !slices.Contains(states, state) {
			states = append(states, state)
		}
	}
	return states, nil
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
