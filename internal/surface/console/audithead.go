package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// signedHead gives the end of the log. When it is signed by none of the keys that
// this node remembers it reads them again: another node may have made one a
// moment ago.
func (h handlers) signedHead(ctx context.Context) (audit.Head, error) {
	head, err := h.Audit.Log.Head(ctx)
	if err != nil || len(head.Signed) == 0 {
		return head, err
	}
	keys, err := h.Keys.Ring.LogVerifiers(h.Audit.Origin)
	if err != nil {
		return audit.Head{}, err
	}
	if _, err := audit.OpenCheckpoint(head.Signed, keys); err != nil {
		return head, h.Keys.Ring.Refresh(ctx)
	}
	return head, nil
}

// proves reports whether a proof leads to a head that a key of ours has signed.
func (h handlers) proves(proof audit.Proof) (bool, error) {
	keys, err := h.Keys.Ring.LogVerifiers(h.Audit.Origin)
	if err != nil {
		return false, err
	}
	head, err := audit.OpenCheckpoint([]byte(proof.Checkpoint), keys)
	return err == nil && proof.Check(head) == nil, nil
}

// downloadCheckpoint gives the signed end of the log as a file, to be kept
// elsewhere.
func (h handlers) downloadCheckpoint(w http.ResponseWriter, r *web.Request) error {
	head, err := h.signedHead(r.Context())
	if err != nil {
		return unreadable(err)
	}
	if len(head.Signed) == 0 {
		return token.NewError(token.ErrNotFound, "The log has no entry yet, and so no checkpoint", nil)
	}
	attach(w, "checkpoint-"+h.Authority.Now().Format("2006-01-02T150405Z")+".txt")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = w.Write(head.Signed)
	return err
}

// unreadable gives an error that says the log was changed words for people.
func unreadable(err error) error {
	if errors.Is(err, audit.ErrTampered) {
		return token.NewError(token.ErrConflict, "The stored log was changed after it was written; verify it at "+auditPath+"/verify", err)
	}
	return err
}
