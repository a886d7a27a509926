package wire

import (
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// errUnknownField refuses a member that the route does not know, before any
// other rule (row E-08): a client must not believe that it was heard.
var errUnknownField = token.Invalid("unknown field in the request")

// Fields are the members of a request.
type Fields struct{ object web.Object }

// ReadFields reads the body of a request, whose members may be those of known.
// An empty body has no members, and neither has an array: such a request then
// breaks the first rule of its fields. Errors are those of web.Request.JSON,
// and token.ErrInvalid for a member that is not known.
func ReadFields(r *web.Request, known ...string) (Fields, error) {
	body, err := r.FieldJSON()
	switch {
	case errors.Is(err, web.ErrCaseTwin):
		return Fields{}, errUnknownField // at most one of the two can be known
	case err != nil:
		return Fields{}, err
	}
	if body.Empty() || body.IsArray() {
		return Fields{}, nil
	}
	object, err := body.Object()
	if err != nil {
		return Fields{}, err
	}
	if _, unknown := object.Unknown(known...); unknown {
		return Fields{}, errUnknownField
	}
	return Fields{object}, nil
}

// Find gives a member that is there and not null.
func (f Fields) Find(name string) (web.Value, bool) {
	value, ok := f.object.Find(name)
	return value, ok && !value.IsNull()
}

// Has reports whether a member is there, be it null.
func (f Fields) Has(name string) bool {
	_, ok := f.object.Find(name)
	return ok
}

// Text gives the text of a member, or "" when it is absent or no string: for
// fields whose rule refuses "".
func (f Fields) Text(name string) string {
	value, _ := f.Find(name)
	text, _ := value.Text()
	return text
}

// notARef can be no ref of any kind. It stands for a value that was given and
// is no string.
const notARef = ":"

// Ref gives the text of a member that names somebody: "" when it is absent,
// what can be no ref when it is no string.
func (f Fields) Ref(name string) string {
	value, ok := f.Find(name)
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

// Scopes gives the elements of a member, or none when it is no array.
func (f Fields) Scopes(name string) []string {
	value, _ := f.Find(name)
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

// Overlap reads overlapSeconds: how long the former secret stays good. The
// number is compared before it is multiplied: as nanoseconds a large one would
// turn negative (trap T-08).
func (f Fields) Overlap() (time.Duration, error) {
	value, ok := f.Find("overlapSeconds")
	if !ok {
		return 0, nil
	}
	seconds, ok := value.Integer()
	if !ok || seconds > int64(authority.MaxOverlap/time.Second) {
		return 0, token.Invalid("overlapSeconds must be a whole number from 0 to 604800")
	}
	return time.Duration(seconds) * time.Second, nil
}

// Reason reads reason: why a token is ended.
func (f Fields) Reason() (string, error) {
	value, ok := f.Find("reason")
	if !ok {
		return "", nil
	}
	reason, ok := value.Text()
	if !ok {
		return "", token.Invalid("reason must be a string")
	}
	return reason, nil
}
