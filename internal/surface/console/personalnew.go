package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// accessAll is the value of the choice of what a token may do that narrows
// nothing: all that its person may (PER-38).
const accessAll = "all"

// errAccess is for forms that are not ours: no other value may come to mean all.
var errAccess = token.Invalid("The form must say what the token may do: all, read or choose")

func (p personalPages) begin(w http.ResponseWriter, r *web.Request) error {
	v, rules, err := p.prepare(r)
	if err != nil {
		return err
	}
	return p.writeNew(w, v, rules, tokenForm{access: accessAll, expiry: strconv.Itoa(days(rules.DefaultLifetime))})
}

// summarise shows the form with what would come of it, in words. It changes
// nothing.
func (p personalPages) summarise(w http.ResponseWriter, r *web.Request) error {
	v, rules, err := p.prepare(r)
	if err != nil {
		return err
	}
	form, err := p.readForm(r, rules)
	if err != nil {
		return err
	}
	p.check(v, &form, rules)
	return p.writeNew(w, v, rules, form)
}

// send keeps the wish and sends the browser to where the person consents to it.
// The token is made when they have.
func (p personalPages) send(w http.ResponseWriter, r *web.Request) error {
	v, rules, err := p.prepare(r)
	if err != nil {
		return err
	}
	form, err := p.readForm(r, rules)
	if err != nil {
		return err
	}
	if p.check(v, &form, rules); len(form.faults) > 0 {
		return p.writeNew(w, v, rules, form)
	}
	consent, err := p.Personal.Begin(w, r, p.request(&form, rules, v.Now))
	if err == nil {
		return page.SeeOther(w, consent)
	}
	if !p.explain(v, &form, err) {
		return err
	}
	return p.writeNew(w, v, rules, form)
}

// prepare gives what every page with the form begins with.
func (p personalPages) prepare(r *web.Request) (*page.Visitor, authority.KindRules, error) {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return nil, authority.KindRules{}, err
	}
	rules, err := p.Authority.Rules(p.kind)
	return v, rules, err
}

// readForm reads the form as it was sent. Scopes that were chosen before the
// choice went back to all are none.
func (p personalPages) readForm(r *web.Request, rules authority.KindRules) (tokenForm, error) {
	form, err := p.tokenPages.readForm(r)
	if err != nil {
		return tokenForm{}, err
	}
	switch {
	case form.access == accessAll:
		form.scopes = nil
	case form.access == accessRead && len(readScopes(rules.Catalogue)) > 0, form.access == accessChoose:
	default:
		return tokenForm{}, errAccess
	}
	return form, nil
}

// check notes all that is wrong with the form, so that it is said at once. The
// verb checks again: its rules count, and these are for people.
func (p personalPages) check(v *page.Visitor, f *tokenForm, rules authority.KindRules) {
	note := func(field string, broken bool, key message.Key) {
		if broken && f.faults[field] == "" {
			f.faults[field] = v.Text(key)
		}
	}
	note("name", f.name == "", "token.fault.name.empty")
	note("name", !p.form.named(f.name), p.words.nameCharacters)
	note("name", utf8.RuneCountInString(f.name) > p.form.longest, p.words.nameLong)
	granted := p.granted(f, rules)
	note("scopes", f.access != accessAll && len(granted) == 0, p.words.scopesEmpty)
	note("scopes", len(granted) > token.MaxScopes, "token.fault.scopes.many")
	switch at, ok := f.until(rules, v.Now); {
	case !ok || !at.After(v.Now):
		note("expiry", true, "token.fault.expiry.past")
	case at.After(v.Now.Add(rules.MaxLifetime)):
		f.faults["expiry"] = v.Text("token.fault.expiry.late", "longest", v.Days(days(rules.MaxLifetime)))
	}
}

// explain notes what the verb says against the form at its field; a quota is
// about none of them. ok is false for errors that are not about the form.
func (p personalPages) explain(v *page.Visitor, f *tokenForm, err error) (ok bool) {
	if errors.Is(err, token.ErrQuota) {
		f.faults[""] = v.Text("personal.fault.full")
		return true
	}
	return p.tokenPages.explain(v, f, err)
}

func (p personalPages) writeNew(w http.ResponseWriter, v *page.Visitor, rules authority.KindRules, form tokenForm) error {
	shown := newToken{
		tokenPages: p.tokenPages, tokenForm: form, rules: rules,
		scopes: p.scopeGroups(v, rules.Catalogue), reading: len(readScopes(rules.Catalogue)),
	}
	if at, ok := form.until(rules, v.Now); ok && form.name != "" && len(form.faults) == 0 {
		shown.summary = personalSummary(v, form, p.granted(&form, rules), at)
	}
	sheet := page.Sheet{
		Title: v.Text(p.words.add), Tab: p.path, Trail: p.trail(v, "", ""), Content: personalNew(v, shown),
	}
	if len(form.faults) > 0 {
		sheet.Status = http.StatusUnprocessableEntity
	}
	return p.Site.Write(w, v, sheet)
}

// personalSummary says in words what a new token will be.
func personalSummary(v *page.Visitor, form tokenForm, scopes []string, until time.Time) string {
	if form.access == accessAll {
		return v.Text("personal.summary.all", "name", form.name, "day", v.Day(until))
	}
	return v.Text("personal.summary.some", "name", form.name, "scopes", scopeWords(v, form, scopes), "day", v.Day(until))
}

// accesses gives the choice of what a token may do: all that its person may
// first, as the contract has it, then what narrows it.
func accesses(v *page.Visitor, n newToken) []page.Option {
	all := page.Option{Value: accessAll, Label: v.Text("personal.access.all"), Hint: v.Text("personal.access.all.hint")}
	return slices.Concat([]page.Option{all}, n.presets(v))
}
