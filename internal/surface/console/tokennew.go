package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// newToken is the page with the form of a new token.
type newToken struct {
	tokenPages
	tokenForm

	choices []string // owners, to choose from
	scopes  []page.OptionGroup
	reading int // scopes of the preset
	rules   authority.KindRules
	summary string // "" while the form does not say enough
}

func (p tokenPages) begin(w http.ResponseWriter, r *web.Request) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	rules, err := p.Authority.Rules(p.kind)
	if err != nil {
		return err
	}
	form := tokenForm{access: accessRead, expiry: strconv.Itoa(days(rules.DefaultLifetime))}
	if !p.form.presets || len(readScopes(rules.Catalogue)) == 0 || len(readScopes(rules.Catalogue)) > token.MaxScopes {
		form.access = accessChoose
	}
	if p.in != nil {
		form.access, form.owner = accessReadOnly, r.Principal.Ref
	} else if owners, err := p.ownerChoices(r, p.write); err == nil && len(owners) == 1 {
		form.owner = owners[0]
	}
	return p.writeNew(w, r, v, form)
}

// summarise shows the form with what would come of it, in words. It
// changes nothing.
func (p tokenPages) summarise(w http.ResponseWriter, r *web.Request) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	form, err := p.readForm(r)
	if err != nil {
		return err
	}
	rules, err := p.Authority.Rules(p.kind)
	if err != nil {
		return err
	}
	p.check(v, &form, rules)
	return p.writeNew(w, r, v, form)
}

func (p tokenPages) issue(w http.ResponseWriter, r *web.Request) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	form, err := p.readForm(r)
	if err != nil {
		return err
	}
	rules, err := p.Authority.Rules(p.kind)
	if err != nil {
		return err
	}
	if p.check(v, &form, rules); len(form.faults) > 0 {
		return p.writeNew(w, r, v, form)
	}
	issued, err := p.Authority.Issue(r.Context(), r.Principal, p.request(&form, rules, v.Now))
	if err != nil {
		if !p.explain(v, &form, err) {
			return err
		}
		return p.writeNew(w, r, v, form)
	}
	return p.writeOnce(w, v, v.Text("token.made", "name", issued.Token.Name), issued)
}

// explain notes what the verb says against the form at its field. ok is false
// for errors that are not about the form.
func (p tokenPages) explain(v *page.Visitor, f *tokenForm, err error) (ok bool) {
	text := token.Message(err)
	var field string
	var key message.Key
	switch {
	case errors.Is(err, token.ErrNameTaken):
		field, key = "name", p.words.nameTaken
	case errors.Is(err, token.ErrQuota) && p.in != nil:
		field, key = "name", p.words.ownerFull // there is no field of the owner
	case errors.Is(err, token.ErrQuota):
		field, key = p.owner, p.words.ownerFull
	case !errors.Is(err, token.ErrInvalid):
		return false
	case strings.HasPrefix(text, "groupEntityRef"), strings.HasPrefix(text, "user "):
		field, key = p.owner, p.words.ownerUnknown
	case strings.HasPrefix(text, "name"):
		field, key = "name", p.words.nameCharacters
	case strings.HasPrefix(text, "description"):
		field, key = "description", "token.fault.description.characters"
	case strings.HasPrefix(text, "All scopes"), strings.HasPrefix(text, "All permissions"):
		field, key = "scopes", p.words.scopesLost
	case strings.HasPrefix(text, "expires"):
		field, key = "expiry", "token.fault.expiry.past"
	default:
		f.faults[""] = text
		return true
	}
	f.faults[field] = v.Text(key)
	return true
}

func (p tokenPages) writeNew(w http.ResponseWriter, r *web.Request, v *page.Visitor, form tokenForm) error {
	rules, err := p.Authority.Rules(p.kind)
	if err != nil {
		return err
	}
	choices, err := p.ownerChoices(r, p.write)
	if err != nil {
		return err
	}
	shown := newToken{tokenPages: p, tokenForm: form, choices: choices, rules: rules, scopes: p.scopeGroups(v, rules.Catalogue), reading: len(readScopes(rules.Catalogue))}
	if at, ok := form.until(rules, v.Now); ok && form.name != "" && form.owner != "" && len(form.faults) == 0 {
		shown.summary = p.summary(v, form, p.granted(&form, rules), at)
	}
	sheet := page.Sheet{
		Title: v.Text(p.words.add), Tab: p.path, Trail: p.trail(v, "", ""), Content: tokenNew(v, shown),
	}
	if len(form.faults) > 0 {
		sheet.Status = http.StatusUnprocessableEntity
	}
	return p.Site.Write(w, v, sheet)
}

// summary says in words what a new token will be.
func (p tokenPages) summary(v *page.Visitor, form tokenForm, scopes []string, until time.Time) string {
	if p.in != nil {
		return p.in.summary(v, form, until)
	}
	return v.Text("token.summary.text", "name", form.name, "group", form.owner, "scopes", scopeWords(v, form, scopes), "day", v.Day(until))
}

// scopeWords says what a new token will be able to do.
func scopeWords(v *page.Visitor, form tokenForm, scopes []string) string {
	if form.access == accessRead {
		return v.Count("token.summary.reading", len(scopes))
	}
	shown := scopes[:min(len(scopes), 3)]
	can := strings.Join(shown, ", ")
	if more := len(scopes) - len(shown); more > 0 {
		return v.Count("token.summary.more", more, "scopes", can)
	}
	return can
}

// scopeGroups gives the catalogue by the part of the system that a scope is
// for, in the order of the catalogue.
func (p tokenPages) scopeGroups(v *page.Visitor, catalogue []authority.Scope) []page.OptionGroup {
	var groups []page.OptionGroup
	for _, scope := range catalogue {
		title := scope.Plugin
		if title == "" {
			title = v.Text("token.scopes.other")
		}
		i := slices.IndexFunc(groups, func(g page.OptionGroup) bool { return g.Title == title })
		if i < 0 {
			i, groups = len(groups), append(groups, page.OptionGroup{Title: title})
		}
		groups[i].Options = append(groups[i].Options, page.Option{Value: scope.ID, Label: scope.ID, Hint: scope.Description})
	}
	if len(groups) == 1 && catalogue[0].Plugin == "" {
		groups[0].Title = v.Text(p.words.scopes) // there is nothing that they could be other than
	}
	return groups
}

// expiries gives the choice of lifetimes within the limit of the policy.
func (n newToken) expiries(v *page.Visitor) []page.Option {
	longest := days(n.rules.MaxLifetime)
	lengths := []int{7, 30, 90, 180, 365}
	if usual := days(n.rules.DefaultLifetime); !slices.Contains(lengths, usual) {
		lengths = append(lengths, usual)
		slices.Sort(lengths)
	}
	var list []page.Option
	for _, length := range lengths {
		if length <= longest {
			ends := v.Now.Add(time.Duration(length) * 24 * time.Hour)
			list = append(list, page.Option{Value: strconv.Itoa(length), Label: v.Days(length), Hint: v.Day(ends)})
		}
	}
	return append(list, page.Option{Value: expiryDate, Label: v.Text("token.expiry.date"), Hint: v.Text("token.expiry.choose")})
}

// presets gives the choice of what a token may do: what changes nothing first.
func (n newToken) presets(v *page.Visitor) []page.Option {
	if n.in != nil {
		return workspacePresets(v)
	}
	list := []page.Option{{Value: accessChoose, Label: v.Text("token.access.choose"), Hint: v.Text("token.access.choose.hint")}}
	if n.reading > 0 && n.reading <= token.MaxScopes {
		read := page.Option{Value: accessRead, Label: v.Text("token.access.read"), Hint: v.Count("token.access.read.hint", n.reading)}
		list = slices.Insert(list, 0, read)
	}
	return list
}
