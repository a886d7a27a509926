package admin

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const (
	maxSeconds   = 100 * 366 * 24 * 60 * 60
	maxParameter = 1000 // bytes of one parameter of a query
)

// fields reads the members of a JSON body. The first fault is kept and every
// later reading gives zero values, so a handler asks once, at the end.
type fields struct {
	object web.Object
	err    error
}

// body reads a body that is an object with no other members than the known
// ones: one that is silently ignored could be the expiry that was meant (row
// E-08).
func body(r *web.Request, known ...string) *fields {
	data, err := r.JSON()
	if err != nil {
		return &fields{err: err}
	}
	object, err := data.Object()
	if err != nil {
		return &fields{err: err}
	}
	if _, unknown := object.Unknown(known...); unknown {
		return &fields{err: token.Invalid("unknown field in the request; known are: " + strings.Join(known, ", "))}
	}
	return &fields{object: object}
}

func (f *fields) find(name string) (web.Value, bool) {
	v, ok := f.object.Find(name)
	return v, ok && f.err == nil && !v.IsNull()
}

func (f *fields) fail(message string) { f.reject(token.Invalid(message)) }

func (f *fields) reject(err error) {
	if f.err == nil {
		f.err = err
	}
}

// text gives a string, "" when it is absent. No text has a token in it: it
// could be stored, or looked for, and be read by many. One that is meant is
// read by secret.
func (f *fields) text(name string) string {
	s := f.secret(name)
	if token.HoldsSecret(s) {
		f.reject(token.CheckText(name, s))
		return ""
	}
	return s
}

// secret gives a string that may be a token, "" when it is absent.
func (f *fields) secret(name string) string {
	v, ok := f.find(name)
	if !ok {
		return ""
	}
	s, ok := v.Text()
	if !ok {
		f.fail(name + " must be a string")
	}
	return s
}

// selector gives a string that narrows a selection, "" when it is absent. One
// that is there and empty, as a variable that is not set leaves it behind,
// would widen the selection instead.
func (f *fields) selector(name string) string {
	if v, ok := f.object.Find(name); ok && (v.IsNull() || string(v) == `""`) {
		f.fail(name + " is empty; give it a value or leave it out")
	}
	return f.text(name)
}

func (f *fields) texts(name string) []string {
	v, ok := f.find(name)
	if !ok {
		return nil
	}
	list, ok := v.Texts()
	if !ok {
		f.fail(name + " must be an array of strings")
	}
	return list
}

func (f *fields) seconds(name string) time.Duration {
	v, ok := f.find(name)
	if !ok {
		return 0
	}
	// Bounded before it is multiplied: a Duration would turn negative at 292
	// years (trap T-08).
	n, ok := v.Integer()
	if !ok || n > maxSeconds {
		f.fail(name + " must be a whole number of seconds, at most a century")
		return 0
	}
	return time.Duration(n) * time.Second
}

// expiry reads a wished expiry from expiresAt and expiresInSeconds. Whole days
// stay days, so that the longest lifetime can be asked for exactly.
func (f *fields) expiry(now time.Time) authority.Expiry {
	at, in := f.time("expiresAt"), f.seconds("expiresInSeconds")
	const day = 24 * time.Hour
	switch _, given := f.find("expiresInSeconds"); {
	case given && in == 0:
		// Zero would mean the default: the longest lifetime for the shortest
		// that can be written (row H-06).
		f.fail("expiresInSeconds must be at least 1")
		return authority.Expiry{}
	case !at.IsZero() && in != 0:
		f.fail("Use either expiresInSeconds or expiresAt, not both")
		return authority.Expiry{}
	case in == 0:
		return authority.Expiry{At: at}
	case in%day == 0:
		return authority.Expiry{Days: int64(in / day)}
	}
	return authority.Expiry{At: now.Add(in)}
}

func (f *fields) flag(name string) bool {
	v, ok := f.find(name)
	if ok && string(v) != "true" && string(v) != "false" {
		f.fail(name + " must be true or false")
	}
	return string(v) == "true"
}

func (f *fields) time(name string) time.Time {
	s := f.text(name)
	if s == "" {
		return time.Time{}
	}
	t, err := parseTime(s)
	if err != nil {
		f.fail(name + " must be a time such as 2026-12-31T00:00:00Z")
	}
	return t
}

// query reads parameters of the query in the same way.
type query struct {
	params web.Params
	err    error
}

func parameters(r *web.Request) *query {
	params, err := r.Query()
	return &query{params, err}
}

func (q *query) fail(message string) { q.reject(token.Invalid(message)) }

func (q *query) reject(err error) {
	if q.err == nil {
		q.err = err
	}
}

// text gives a parameter, "" when it is absent. What no stored text can hold
// does not reach the store: databases disagree about it (row H-05).
func (q *query) text(name string) string {
	value, err := q.params.One(name)
	switch {
	case err != nil:
		q.reject(err)
	case len(value) > maxParameter:
		q.fail(name + " is too long")
	case !token.ValidText(value):
		q.fail(name + " contains characters that are not allowed")
	default:
		return value
	}
	return ""
}

// list gives values that are joined by commas; each must be one of allowed.
func (q *query) list(name string, allowed []string) []string {
	s := q.text(name)
	if s == "" {
		return nil
	}
	values := strings.Split(s, ",")
	for _, v := range values {
		if !slices.Contains(allowed, v) {
			q.fail(name + " must be one or several of " + strings.Join(allowed, ", ") + ", joined by commas")
		}
	}
	return values
}

// number gives a whole number of at least 0, def when it is absent.
func (q *query) number(name string, def int64) int64 {
	s := q.text(name)
	if s == "" {
		return def
	}
	n, err := strconv.ParseUint(s, 10, 53)
	if err != nil {
		q.fail(name + " must be a whole number of at least 0")
	}
	return int64(n)
}

func (q *query) time(name string) time.Time {
	s := q.text(name)
	if s == "" {
		return time.Time{}
	}
	t, err := parseTime(s)
	if err != nil {
		q.fail(name + " must be a time such as 2026-12-31T00:00:00Z")
	}
	return t
}

// parseTime reads RFC 3339 into the form in which times are stored.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UTC().Truncate(time.Microsecond), err
}
