package content

import (
	"strings"

	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// Limits of what is read.
const (
	MaxDepth        = 64   // levels of JSON
	MaxNesting      = 8    // TxApplyIf within TxApplyIf
	MaxTransactions = 1000 // within all TxApplyIf of a body together
)

// Reader reads contents. The zero Reader knows the built-in names alone.
type Reader struct {
	// Removing are further names of events and operations that remove.
	Removing []string
}

// Sort is what a body holds.
type Sort string

// The sorts of content that rules can name.
const (
	Transaction Sort = "transaction" // one transaction
	Event       Sort = "event"       // one event
	Operations  Sort = "operations"  // a map from operation to arguments
)

// Sorts lists the sorts of content.
func Sorts() []Sort { return []Sort{Transaction, Event, Operations} }

// removeClass is the class of a transaction that removes.
const removeClass = "core:class:TxRemoveDoc"

// Members that decide. Another spelling of one is refused wherever it stands.
var deciding = [...]string{"_class", "txes", "event", "type"} //nolint:gochecknoglobals // it is only read

// Read gives the scopes that a body of a sort needs, in their order. The body
// is not looked at beyond what its sort says.
//
// Errors: token.ErrInvalid for a body that is not one strict JSON object of
// that sort, token.ErrRoute for one that no token may send.
func (r Reader) Read(sort Sort, body []byte) (token.Scopes, error) {
	found, err := r.parse(body)
	if err != nil {
		return nil, err
	}
	object, err := strictjson.ParseObject(body, limits(body))
	if err != nil {
		return nil, unreadable(err)
	}
	switch sort {
	case Transaction:
		err = found.transaction(object, 0)
	case Event:
		err = found.event(object)
	case Operations:
		err = found.operations(object)
	default:
		err = token.ErrRoute
	}
	return found.scopes(), err
}

// ReadOperation gives the scopes of a request that names its operation outside
// a body; params is its arguments as JSON, or nil.
func (r Reader) ReadOperation(name string, params []byte) (token.Scopes, error) {
	found := finding{reader: r, removes: r.removing(name)}
	if len(params) > 0 {
		inside, err := r.parse(params)
		if err != nil {
			return nil, err
		}
		found.removes = found.removes || inside.removes
	}
	switch {
	case name == eventOperation:
		err := found.eventValue(params)
		return found.scopes(), err
	case strings.EqualFold(name, eventOperation):
		return nil, errOperation // somebody's reader may take it for an event, and its argument was not looked at
	}
	return found.scopes(), nil
}

// eventOperation is the operation whose argument is an event.
const eventOperation = "event"

// parse judges a text as JSON, and looks at every member of every object.
func (r Reader) parse(text []byte) (finding, error) {
	found := finding{reader: r}
	odd := false
	err := strictjson.Walk(text, limits(text), func(o strictjson.Object) {
		_, variant := o.Variant(deciding[:]...)
		odd = odd || variant
		value, _ := o.Find("_class")
		class, _ := value.Text()
		found.removes = found.removes || class == removeClass
	})
	switch {
	case err != nil:
		return finding{}, unreadable(err)
	case odd:
		return finding{}, errVariant
	}
	return found, nil
}

var errVariant = token.Invalid("the body has a member that differs from _class, txes, event or type in letter case only")

var errOperation = token.Invalid("the name of the operation differs from event in letter case only")

func unreadable(cause error) error {
	return token.NewError(token.ErrInvalid, "the body cannot be read: "+cause.Error(), cause)
}

// limits: how long a body may be is decided by whoever reads it, and so is
// how many members it can have.
func limits(text []byte) strictjson.Limits {
	return strictjson.Limits{MaxBytes: len(text) + 1, MaxDepth: MaxDepth, MaxKeys: len(text) + 1, CaseTwins: true}
}

// removing reports whether the name of an event or operation means removal.
// Letter case does not count: somebody's reader may not heed it either.
func (r Reader) removing(name string) bool {
	for _, prefix := range [...]string{"remove", "delete"} {
		if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return true
		}
	}
	for _, one := range r.Removing {
		if strings.EqualFold(one, name) {
			return true
		}
	}
	return false
}
