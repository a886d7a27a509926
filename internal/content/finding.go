package content

import (
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// finding is what was found in a content so far. Every content writes.
type finding struct {
	reader       Reader
	removes      bool
	transactions int // within TxApplyIf
}

func (f *finding) scopes() token.Scopes {
	if f.removes {
		return token.Scopes{token.ScopeWrite, token.ScopeDelete}
	}
	return token.Scopes{token.ScopeWrite}
}

// transaction judges one transaction; depth is how many TxApplyIf it stands
// in.
func (f *finding) transaction(object strictjson.Object, depth int) error {
	value, _ := object.Find("_class")
	class, _ := value.Text()
	switch class {
	case "core:class:TxCreateDoc", "core:class:TxUpdateDoc", "core:class:TxMixin":
		return nil
	case removeClass:
		f.removes = true
		return nil
	case "core:class:TxApplyIf":
		return f.applyIf(object, depth)
	case "core:class:TxDomainEvent":
		value, _ := object.Find("event")
		return f.eventValue(value)
	}
	return token.ErrRoute
}

// applyIf judges the transactions of a TxApplyIf.
func (f *finding) applyIf(object strictjson.Object, depth int) error {
	value, _ := object.Find("txes")
	elements, ok := value.Elements()
	switch {
	case !ok:
		return token.Invalid("txes of a TxApplyIf must be an array")
	case depth >= MaxNesting:
		return token.Invalid("transactions are nested more than 8 deep")
	}
	for _, element := range elements {
		if f.transactions++; f.transactions > MaxTransactions {
			return token.Invalid("the body has more than 1000 transactions")
		}
		inner, err := strictjson.ParseObject(element, limits(element))
		if err != nil {
			return token.ErrRoute // it was checked as JSON: it is no object
		}
		if err := f.transaction(inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// eventValue judges an event that is a member of something else.
func (f *finding) eventValue(value strictjson.Value) error {
	object, err := strictjson.ParseObject(value, limits(value))
	if err != nil {
		return token.ErrRoute
	}
	return f.event(object)
}

// event judges an event: an object with a type.
func (f *finding) event(object strictjson.Object) error {
	value, _ := object.Find("type")
	name, ok := value.Text()
	if !ok {
		return token.ErrRoute
	}
	f.removes = f.removes || f.reader.removing(name)
	return nil
}

// operations judges a map from operation to arguments.
func (f *finding) operations(object strictjson.Object) error {
	for _, operation := range object {
		f.removes = f.removes || f.reader.removing(operation.Name)
		if operation.Name != eventOperation {
			continue
		}
		if err := f.eventValue(operation.Value); err != nil {
			return err
		}
	}
	return nil
}
