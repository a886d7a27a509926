package service

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// errUnknownField refuses a member that the route does not know, before any
// other rule (row E-08): a client must not believe that it was heard.
var errUnknownField = token.Invalid("unknown field in the request")

func (h handlers) issue(w http.ResponseWriter, r *web.Request) error {
	fields, err := readFields(r, "name", "description", "groupEntityRef", "scopes", "expiresAt", "expiresInDays")
	if err != nil {
		return err
	}
	issued, err := h.authority.Issue(r.Context(), r.Principal, authority.Request{
		Kind:        token.KindService,
		Name:        fields.text("name"),
		Description: fields.text("description"),
		Owner:       fields.owner(),
		Scopes:      fields.scopes(),
		Expiry:      fields.expiry(),
	})
	if err != nil {
		return err
	}
	return h.writeIssued(w, http.StatusCreated, issued)
}

// writeIssued writes a record with its secret. It is one of the two answers
// that ever hold one.
func (h handlers) writeIssued(w http.ResponseWriter, status int, issued token.Issued) error {
	wire, err := h.wire(issued.Token)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, status, wireIssued{wire, issued.Secret.Reveal()})
}

// fields are the members of a request.
type fields struct{ object web.Object }

// readFields reads the body of a request. An empty body has no members, and
// neither has an array: such a request then breaks the first rule of its
// fields, as in the reference.
func readFields(r *web.Request, known ...string) (fields, error) {
	body, err := r.FieldJSON()
	switch {
	case errors.Is(err, web.ErrCaseTwin):
		return fields{}, errUnknownField // at most one of the two can be known
	case err != nil:
		return fields{}, err
	}
	if body.Empty() || body.IsArray() {
		return fields{}, nil
	}
	object, err := body.Object()
	if err != nil {
		return fields{}, err
	}
	if _, unknown := object.Unknown(known...); unknown {
		return fields{}, errUnknownField
	}
	return fields{object}, nil
}

// find gives a member that is there and not null.
func (f fields) find(name string) (web.Value, bool) {
	value, ok := f.object.Find(name)
	return value, ok && !value.IsNull()
}

// text gives the text of a member, or "" when it is absent or no string; the
// rule of the field refuses "".
func (f fields) text(name string) string {
	value, _ := f.find(name)
	text, _ := value.Text()
	return text
}

// notARef can be no ref of any kind. It stands for a value that was given and
// is no string.
const notARef = ":"

func (f fields) owner() string {
	value, ok := f.find("groupEntityRef")
	if !ok {
		return ""
	}
	text, ok := value.Text()
	if !ok {
		return notARef
	}
	return text
}

// notAScope can be in no catalogue. It stands for elements that are no
// strings.
const notAScope = ""

// scopes gives the wished scopes, or none when the member is no array.
func (f fields) scopes() []string {
	value, _ := f.find("scopes")
	elements, _ := value.Elements()
	scopes := make([]string, len(elements))
	for i, element := range elements {
		text, ok := element.Text()
		if !ok {
			text = notAScope
		}
		scopes[i] = text
	}
	return scopes
}
