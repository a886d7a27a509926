package workspace

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// params are the parameters of a method. Readers give an authority.FieldError
// that names the parameter and what is wrong with it.
type params struct{ object web.Object }

func fault(field, reason string) error {
	return authority.NewFieldError(field, reason, field+" is not valid: "+reason)
}

// text gives a text that must be there.
func (p params) text(name string) (string, error) {
	value, ok := p.object.Find(name)
	if !ok {
		return "", fault(name, "missing")
	}
	text, ok := value.Text()
	if !ok {
		return "", fault(name, "type")
	}
	return text, nil
}

// uuid gives a UUID in lower case.
func (p params) uuid(name string) (string, error) {
	text, err := p.text(name)
	if err != nil {
		return "", err
	}
	text = strings.ToLower(text)
	if len(text) != 36 || strings.Trim(text, "0123456789abcdef-") != "" || strings.Count(text, "-") != 4 {
		return "", fault(name, "type")
	}
	return text, nil
}

// id gives the id of a token. What cannot be one names no token.
func (p params) id(name string) (string, error) {
	text, err := p.text(name)
	if err != nil {
		return "", err
	}
	return strings.ToLower(text), nil
}

// count gives a whole number from low to high, or the usual one when there is
// none.
func (p params) count(name string, usual, low, high int64) (int, error) {
	value, ok := p.object.Find(name)
	if !ok {
		return int(usual), nil
	}
	n, ok := value.Integer()
	switch {
	case !ok:
		return 0, fault(name, "type")
	case n < low || n > high:
		return 0, fault(name, "range")
	}
	return int(n), nil
}

// page gives limit and offset of a list.
func (p params) page() (limit, offset int, err error) {
	const most = 1000
	if limit, err = p.count("limit", most, 1, most); err != nil {
		return 0, 0, err
	}
	offset, err = p.count("offset", 0, 0, math.MaxInt32)
	return limit, offset, err
}

// maxReason is in UTF-16 code units.
const maxReason = 500

// reason gives why a token is ended.
func (p params) reason() (string, error) {
	if _, ok := p.object.Find("reason"); !ok {
		return "", nil
	}
	text, err := p.text("reason")
	switch {
	case err != nil:
		return "", err
	case token.UTF16Length(strings.TrimSpace(text)) > maxReason:
		return "", fault("reason", "too_long")
	case !token.ValidText(text) || token.HoldsSecret(text):
		return "", fault("reason", "characters")
	}
	return text, nil
}

// expiry reads expiryDays: a finite number whose floor is from 1 to the kind's
// maximum. A part of a day is cut off: no token lives longer than was asked.
func (p params) expiry(longest time.Duration) (authority.Expiry, error) {
	value, ok := p.object.Find("expiryDays")
	if !ok {
		return authority.Expiry{}, nil
	}
	if len(value) == 0 || value[0] != '-' && (value[0] < '0' || value[0] > '9') {
		return authority.Expiry{}, fault("expiryDays", "type")
	}
	days, err := strconv.ParseFloat(string(value), 64)
	days = math.Floor(days)
	if err != nil || days < 1 || days > float64(longest/(24*time.Hour)) {
		return authority.Expiry{}, fault("expiryDays", "range")
	}
	return authority.Expiry{Days: int64(days)}, nil
}

// scopes reads scopes: nil when there are none, else one or more.
func (p params) scopes() ([]string, error) {
	value, ok := p.object.Find("scopes")
	if !ok {
		return nil, nil
	}
	list, ok := value.Texts()
	switch {
	case !ok:
		return nil, fault("scopes", "type")
	case len(list) == 0:
		return nil, fault("scopes", "empty")
	}
	return authority.CheckWorkspaceScopes(list)
}
