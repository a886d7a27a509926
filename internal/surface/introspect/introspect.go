package introspect

import (
	"context"
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// introspect answers POST /oauth2/introspect.
func (h *handlers) introspect(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormText()
	if err != nil {
		return err
	}
	q, err := parseQuestion(form)
	if err != nil {
		return err
	}
	verified, err := h.judge(r.Context(), q.token, verify.Expect{Scopes: q.scopes, Describe: len(q.scopes) == 0})
	if err != nil {
		return err
	}
	h.write(w, func(b []byte) []byte { return h.appendAnswer(b, verified) })
	return nil
}

// batch answers POST /oauth2/introspect/batch: {"tokens": [...]}. A token that
// is not good is an answer like any other; one that could not be judged fails
// the whole batch, because half an answer would look like a whole one.
func (h *handlers) batch(w http.ResponseWriter, r *web.Request) error {
	tokens, err := batchTokens(r)
	if err != nil {
		return err
	}
	results := make([]*verify.Verified, len(tokens))
	for i, raw := range tokens {
		if results[i], err = h.judge(r.Context(), raw, verify.Expect{Describe: true}); err != nil {
			return err
		}
	}
	h.write(w, func(b []byte) []byte {
		b = append(b, `{"results":[`...)
		for i, verified := range results {
			if i > 0 {
				b = append(b, ',')
			}
			b = h.appendAnswer(b, verified)
		}
		return append(b, "]}"...)
	})
	return nil
}

func batchTokens(r *web.Request) ([]string, error) {
	body, err := r.JSON()
	if err != nil {
		return nil, err
	}
	object, err := body.Object()
	if err != nil {
		return nil, err
	}
	if _, odd := object.Unknown("tokens"); odd {
		return nil, token.Invalid("the body must have the member tokens and no other")
	}
	member, ok := object.Find("tokens")
	if !ok {
		return nil, token.Invalid("tokens is required")
	}
	tokens, ok := member.Texts()
	switch {
	case !ok:
		return nil, token.Invalid("tokens must be an array of strings")
	case len(tokens) > MaxBatch:
		return nil, token.Invalid("tokens must not exceed 1000")
	}
	return tokens, nil
}

// judge gives proof, or nil for a token that is not active for the caller,
// whatever the reason. An error means that the answer is not known.
//
// An access JWT of another audience than ours is among the inactive ones: the
// verifier asks for the audience of each issuer (row E-06).
func (h *handlers) judge(ctx context.Context, raw string, want verify.Expect) (*verify.Verified, error) {
	verified, err := h.verifier.Verify(ctx, raw, want)
	switch {
	case err == nil && verified.Subject() == "":
		return nil, nil // a token that speaks for nobody opens nothing
	case err == nil:
		if h.used != nil && verified.Kept() {
			h.used(token.Use{TokenID: verified.TokenID(), Kind: verified.Kind(), Former: verified.Former()})
		}
		return verified, nil
	case errors.Is(err, token.ErrUnavailable):
		return nil, err
	case errors.Is(err, token.ErrUnauthenticated), errors.Is(err, token.ErrDenied):
		return nil, nil
	}
	return nil, err
}

// write answers 200 with what build appends.
func (h *handlers) write(w http.ResponseWriter, build func([]byte) []byte) {
	buffer := h.buffers.Get().(*[]byte) //nolint:errcheck // the pool makes and keeps nothing else
	*buffer = build((*buffer)[:0])
	w.Header()["Content-Type"] = h.jsonType
	_, _ = w.Write(*buffer) // the client may be gone; there is nobody to tell
	if cap(*buffer) <= maxKept {
		h.buffers.Put(buffer)
	}
}

// maxKept is the largest buffer that is used again, so that one batch does not
// hold its memory for ever.
const maxKept = 16 << 10
