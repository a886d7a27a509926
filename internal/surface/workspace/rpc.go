package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// rpc answers the one route of the RPC.
type rpc struct {
	handlers
	methods map[string]method
}

// method carries out one method; the result is nil for a method that gives
// nothing.
type method func(ctx context.Context, by token.Principal, p params) (result any, err error)

func newRPC(h handlers) rpc {
	return rpc{h, map[string]method{
		"createApiToken":          h.createAPIToken,
		"listApiTokens":           h.listAPITokens,
		"revokeApiToken":          h.revokeAPIToken,
		"rotateApiToken":          h.rotateAPIToken,
		"listApiTokenAudit":       h.listAPITokenAudit,
		"listWorkspaceApiTokens":  h.listWorkspaceAPITokens,
		"revokeWorkspaceApiToken": h.revokeWorkspaceAPIToken,
		checkMethod:               h.checkAPITokenRevoked,
	}}
}

// checkMethod is the one method that back ends may call.
const checkMethod = "checkApiTokenRevoked"

// envelope is a request of the RPC.
type envelope struct {
	id     json.RawMessage // as it was sent; nil when there is none
	method string
	params web.Value
	given  bool // there are params
}

// success is the answer of a method that did what it was asked.
type success struct {
	ID     json.RawMessage `json:"id,omitempty"`
	Result any             `json:"result,omitempty"`
}

type unknownMethod struct {
	ID    json.RawMessage `json:"id,omitempty"`
	Error status          `json:"error"`
}

// serve answers one call.
func (c rpc) serve(w http.ResponseWriter, r *web.Request) error {
	call, err := readEnvelope(r)
	if err != nil {
		return err
	}
	run, known := c.methods[call.method]
	if !known {
		unknown := newStatus("UnknownMethod", map[string]string{"method": call.method})
		return writeRPC(w, http.StatusNotFound, unknownMethod{call.id, unknown})
	}
	result, err := c.run(r, call, run)
	if errors.Is(err, token.ErrDenied) {
		r.CountRefusal()
	}
	if err != nil {
		failed, ok := statusOf(err)
		if !ok {
			return err
		}
		return writeRPC(w, http.StatusOK, failure{failed})
	}
	return writeRPC(w, http.StatusOK, success{call.id, result})
}

// run finds out who calls, then what they ask.
func (c rpc) run(r *web.Request, call envelope, run method) (any, error) {
	by, err := c.caller(r, call.method)
	if err != nil {
		return nil, err
	}
	p := params{}
	if call.given {
		object, ok := call.params.Object()
		if !ok {
			return nil, token.Invalid("params must be an object")
		}
		p.object = object
	}
	return run(r.Context(), by, p)
}

// errEnvelope: the request is no call.
var errEnvelope = token.NewError(web.ErrSyntax, "The body must be an object with method and params", nil)

func readEnvelope(r *web.Request) (envelope, error) {
	body, err := r.JSON()
	if err != nil {
		return envelope{}, err
	}
	object, err := body.Object()
	if err != nil {
		return envelope{}, err
	}
	var call envelope
	value, _ := object.Find("method")
	name, ok := value.Text()
	if !ok {
		return envelope{}, errEnvelope
	}
	call.method = name
	if id, ok := object.Find("id"); ok {
		call.id = json.RawMessage(id)
	}
	call.params, call.given = object.Find("params")
	return call, nil
}
