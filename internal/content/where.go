package content

import (
	"bytes"
	"maps"
	"slices"

	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// Where is a condition on a body: an object with all of these members, each of
// exactly this text.
type Where struct {
	Members  map[string]string
	Anywhere bool // true: any object of the body, at any depth; false: the outermost
}

// Holds reports whether a body meets the condition. A body that is not one
// strict JSON object is token.ErrInvalid, and so is one with a member whose name
// differs from one of the condition's in letter case only: whoever carries the
// request out may take it for that one.
func (w Where) Holds(body []byte) (bool, error) {
	known := slices.Collect(maps.Keys(w.Members))
	odd, holds := false, false
	var outermost strictjson.Object
	err := strictjson.Walk(body, limits(body), func(o strictjson.Object) {
		_, variant := o.Variant(known...)
		odd = odd || variant
		holds = holds || w.Anywhere && w.meets(o)
		outermost = o // the last one shown is the outermost
	})
	switch {
	case err != nil:
		return false, unreadable(err)
	case odd:
		return false, errOddName
	case !isObject(body):
		return false, unreadable(strictjson.ErrNotObject)
	}
	return holds || w.meets(outermost), nil
}

var errOddName = token.Invalid("the body has a member whose name differs from one that a rule looks at in letter case only")

func (w Where) meets(o strictjson.Object) bool {
	for name, want := range w.Members {
		value, _ := o.Find(name)
		if text, ok := value.Text(); !ok || text != want {
			return false
		}
	}
	return true
}

// isObject reports whether a text that was checked is an object.
func isObject(text []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) }
