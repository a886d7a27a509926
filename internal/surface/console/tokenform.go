package console

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Values of the choice between presets of scopes.
const (
	accessRead   = "read"
	accessChoose = "choose"
)

// expiryDate is the value of the choice of an expiry that is a date.
const expiryDate = "date"

// tokenForm is what was typed into the form of a new token.
type tokenForm struct {
	name, description, owner string
	access                   string // of the presets
	scopes                   []string
	expiry, date             string

	faults map[string]string // by field, in the visitor's words
}

// readForm reads the form as it was sent.
func (p tokenPages) readForm(r *web.Request) (tokenForm, error) {
	form, err := r.FormBody()
	if err != nil {
		return tokenForm{}, err
	}
	f := tokenForm{faults: map[string]string{}}
	for _, one := range []struct {
		name string
		into *string
	}{
		{"name", &f.name},
		{"description", &f.description},
		{p.owner, &f.owner},
		{"access", &f.access},
		{"expiry", &f.expiry},
		{"date", &f.date},
	} {
		if *one.into, err = form.One(one.name); err != nil {
			return tokenForm{}, err
		}
		*one.into = strings.TrimSpace(*one.into)
	}
	if p.in != nil {
		f.owner = r.Principal.Ref // whatever the form says: people make tokens of their own
	}
	f.scopes, err = form.All("scopes")
	return f, err
}

// check notes all that is wrong with the form, so that it is said at once. The
// verb checks again: its rules count, and these are for people.
func (p tokenPages) check(v *page.Visitor, f *tokenForm, rules authority.KindRules) {
	note := func(field string, broken bool, key message.Key) {
		if broken && f.faults[field] == "" {
			f.faults[field] = v.Text(key)
		}
	}
	note("name", f.name == "", "token.fault.name.empty")
	note("name", !p.form.named(f.name), p.words.nameCharacters)
	note("name", utf8.RuneCountInString(f.name) > p.form.longest, p.words.nameLong)
	note("description", p.form.described && f.description == "", "token.fault.description.empty")
	note("description", token.UTF16Length(f.description) > 500, "token.fault.description.long")
	note("description", !token.ValidText(f.description), "token.fault.description.characters")
	_, isRef := token.ParseRef(p.owner, f.owner)
	note(p.owner, f.owner == "", p.words.ownerEmpty)
	note(p.owner, !isRef, p.words.ownerUnknown)
	note("scopes", len(p.granted(f, rules)) == 0, p.words.scopesEmpty)
	note("scopes", len(p.granted(f, rules)) > token.MaxScopes, "token.fault.scopes.many")
	if at, ok := f.until(rules, v.Now); !ok || !at.After(v.Now) {
		note("expiry", true, "token.fault.expiry.past")
	} else if at.After(v.Now.Add(rules.MaxLifetime)) && f.faults["expiry"] == "" {
		f.faults["expiry"] = v.Text("token.fault.expiry.late", "longest", v.Days(days(rules.MaxLifetime)))
	}
}

// granted gives the scopes that the token will carry.
func (p tokenPages) granted(f *tokenForm, rules authority.KindRules) []string {
	switch {
	case p.in != nil:
		return presetScopes(f.access)
	case f.access == accessRead:
		return readScopes(rules.Catalogue)
	}
	return f.scopes
}

// readScopes gives the scopes that change nothing: those whose last word is
// "read". A scope such as repo:read-write is none of them.
func readScopes(catalogue []authority.Scope) []string {
	var list []string
	for _, scope := range catalogue {
		last := scope.ID[strings.LastIndexAny(scope.ID, ":./")+1:]
		if last == "read" {
			list = append(list, scope.ID)
		}
	}
	return list
}

// until gives when the token will end.
func (f *tokenForm) until(rules authority.KindRules, now time.Time) (at time.Time, ok bool) {
	if f.expiry == expiryDate {
		at, err := time.Parse(time.DateOnly, f.date)
		return at, err == nil
	}
	n, err := strconv.Atoi(f.expiry)
	if err != nil || n < 1 || n > days(rules.MaxLifetime) {
		return time.Time{}, false
	}
	return now.Add(time.Duration(n) * 24 * time.Hour), true
}

// request gives what the authority is asked for.
func (p tokenPages) request(f *tokenForm, rules authority.KindRules, now time.Time) authority.Request {
	req := authority.Request{
		Kind: rules.Kind, Name: f.name, Description: f.description, Owner: f.owner, Scopes: p.granted(f, rules),
	}
	if p.in != nil {
		req.Workspace = p.in.name
	}
	if at, ok := f.until(rules, now); f.expiry == expiryDate && ok {
		req.Expiry.At = at
	} else if n, err := strconv.ParseInt(f.expiry, 10, 64); err == nil {
		req.Expiry.Days = n
	}
	return req
}

// days gives whole days of a length of time.
func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// faultList gives the faults in the order of the fields.
func (f *tokenForm) faultList() []page.FieldFault {
	var list []page.FieldFault
	for _, field := range []string{"name", "description", "group", "user", "scopes", "expiry", ""} {
		if text := f.faults[field]; text != "" {
			list = append(list, page.FieldFault{Name: field, Text: text})
		}
	}
	return list
}
