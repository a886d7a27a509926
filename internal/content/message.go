package content

import (
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// ReadMessage gives the scopes that one message of a WebSocket needs: a JSON
// object with method and params. None and no error means that any good token
// may send it.
func (r Reader) ReadMessage(text []byte) (token.Scopes, error) {
	found, err := r.parse(text)
	if err != nil {
		return nil, err
	}
	object, err := strictjson.ParseObject(text, limits(text))
	if err != nil {
		return nil, unreadable(err)
	}
	if _, odd := object.Variant("method", "params"); odd {
		return nil, token.Invalid("the message has a member that differs from method or params in letter case only")
	}
	value, _ := object.Find("method")
	method, _ := value.Text()
	switch method {
	case "hello", "ping":
		return nil, nil
	case "findAll", "searchFulltext", "loadModel":
		return token.Scopes{token.ScopeRead}, nil
	case "tx":
		err = found.argument(object, 0, func(o strictjson.Object) error { return found.transaction(o, 0) })
	case "domainRequest":
		// The first argument names the domain.
		err = found.argument(object, 1, found.operations)
	default:
		err = token.ErrRoute
	}
	return found.scopes(), err
}

// argument judges one of the params, which must be an object.
func (f *finding) argument(message strictjson.Object, at int, judge func(strictjson.Object) error) error {
	value, _ := message.Find("params")
	params, ok := value.Elements()
	if !ok || len(params) <= at {
		return token.ErrRoute
	}
	object, err := strictjson.ParseObject(params[at], limits(params[at]))
	if err != nil {
		return token.ErrRoute
	}
	return judge(object)
}
