package wire

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// pageSizes are the page size of a list when none is wished for, and the
// largest.
type pageSizes struct{ usual, largest int }

// UsualPage is the length of a page when the contract says no other, LargestPage
// the most that one can have.
const (
	UsualPage   = 50
	LargestPage = 200
)

// ReadPage reads limit (usual when absent, at most LargestPage) and offset of a
// list; the values are those that are applied.
func ReadPage(params web.Params, usual int) (limit, offset int, err error) {
	return readPage(params, pageSizes{usual: usual, largest: LargestPage})
}

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

// ReadStates reads status: one or several between commas.
func ReadStates(params web.Params) ([]token.State, error) {
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
