package console

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
)

// formPlace is what a page about a change stands in: where it is sent, where one
// goes without changing anything, and what stands above it.
type formPlace struct {
	tab, path, back string
	trail           []page.Link
	// hidden are fields that one does not see, with their values.
	hidden []carriedField
}

type carriedField struct{ name, value string }

// shortForm is a form of a few fields on a page of its own.
type shortForm struct {
	formPlace

	title, lead, button string
	fields              []page.Field
	choices             []page.Choice // from lists
	fault               string        // about none of the fields
}

// faults lists what is wrong with the form.
func (f shortForm) faults() []page.FieldFault {
	var list []page.FieldFault
	for _, one := range f.fields {
		if one.Fault != "" {
			list = append(list, page.FieldFault{Name: one.Name, Text: one.Fault})
		}
	}
	for _, one := range f.choices {
		if one.Fault != "" {
			list = append(list, page.FieldFault{Name: one.Name, Text: one.Fault})
		}
	}
	if f.fault != "" {
		list = append(list, page.FieldFault{Text: f.fault})
	}
	return list
}

// asking is a question before something is changed that others will notice.
type asking struct {
	formPlace

	title, text, button, keep string
	danger                    bool
	facts                     []namedFact
	fault                     string // why it was not done
	also                      *also
}

// also is something more that is done unless it is taken away.
type also struct{ name, text, hint string }

// namedFact is a name and its value.
type namedFact struct{ name, value string }

func (h handlers) writeForm(w http.ResponseWriter, v *page.Visitor, f shortForm) error {
	sheet := page.Sheet{Title: f.title, Tab: f.tab, Trail: f.trail, Content: shortFormPage(v, f)}
	if len(f.faults()) > 0 {
		sheet.Status = http.StatusUnprocessableEntity
	}
	return h.Site.Write(w, v, sheet)
}

func (h handlers) writeQuestion(w http.ResponseWriter, v *page.Visitor, q asking) error {
	sheet := page.Sheet{Title: q.title, Tab: q.tab, Trail: q.trail, Content: questionPage(v, q)}
	if q.fault != "" {
		sheet.Status = http.StatusConflict
	}
	return h.Site.Write(w, v, sheet)
}

// readTexts reads fields of a form that has each at most once.
func readTexts(r *web.Request, names ...string) (map[string]string, error) {
	form, err := r.FormBody()
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, name := range names {
		if texts[name], err = form.One(name); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// readParam reads one parameter of the query.
func readParam(r *web.Request, name string) (string, error) {
	params, err := r.Query()
	if err != nil {
		return "", err
	}
	return params.One(name)
}

func (q asking) tone() page.Tone {
	if q.danger {
		return page.ToneBad
	}
	return page.ToneWarn
}

// weight is the class of the button.
func (q asking) weight() string {
	if q.danger {
		return "danger"
	}
	return "primary"
}
