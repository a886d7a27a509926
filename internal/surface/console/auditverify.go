package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// A log is verified in parts, one a request, each as long as is read within a
// second or so: nothing runs on behind a page that was closed, and the next part
// may come to another node. How far it came is where the form is sent, sealed;
// the script sends it on by itself.
const (
	firstPart = 500 // entries; the first answer comes at once
	partShare = 4   // how many times what was read already the next part is
	mostPart  = 50_000
)

// verifyView is the page on which the log is verified.
type verifyView struct {
	checkpoint string // what was typed
	fault      string
	signed     string   // the present checkpoint
	keys       []string // that verify it
	run        *verifyRun
}

// verifyRun is how far a verification has come.
type verifyRun struct {
	done, size int
	next       string // how far it came, for the next part; "" at the end
	root       string
	confirmed  bool   // a checkpoint that was kept elsewhere is part of it
	finding    string // what contradicts itself; "" is nothing
}

func (h handlers) askVerify(w http.ResponseWriter, r *web.Request) error {
	return h.showVerify(w, r, verifyView{})
}

func (h handlers) showVerify(w http.ResponseWriter, r *web.Request, shown verifyView) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	head, err := h.signedHead(r.Context())
	if err != nil && !errors.Is(err, audit.ErrTampered) {
		return err
	}
	if shown.keys, err = h.Keys.Ring.LogVerifierKeys(h.Audit.Origin); err != nil {
		return err
	}
	shown.signed = string(head.Signed)
	sheet := page.Sheet{Title: v.Text("audit.verify"), Tab: auditPath, Trail: auditTrail(v), Content: auditVerify(v, shown)}
	if shown.fault != "" {
		sheet.Status = http.StatusUnprocessableEntity
	}
	return h.Site.Write(w, v, sheet)
}

func (h handlers) verifyLog(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	typed, err := form.One("checkpoint")
	if err != nil {
		return err
	}
	if _, err := h.signedHead(r.Context()); err != nil && !errors.Is(err, audit.ErrTampered) {
		return err
	}
	keys, err := h.Keys.Ring.LogVerifiers(h.Audit.Origin)
	if err != nil {
		return err
	}
	shown, opts := verifyView{checkpoint: typed}, audit.VerifyOptions{Keys: keys}
	if kept := asNote(typed); kept != "" {
		if head, err := audit.OpenCheckpoint([]byte(kept), keys); err != nil || head.Origin != h.Audit.Origin {
			return h.refuseCheckpoint(w, r, shown)
		}
		opts.Checkpoints = [][]byte{[]byte(kept)}
	}
	if shown.run, err = h.verifyPart(r, opts); err != nil {
		return err
	}
	return h.showVerify(w, r, shown)
}

// verifyPart reads the part of the log that the request asks for.
func (h handlers) verifyPart(r *web.Request, opts audit.VerifyOptions) (*verifyRun, error) {
	query, err := r.Query()
	if err != nil {
		return nil, err
	}
	sealed := wire.Listing{Name: "verification", Selection: query, Parameter: "reached"}
	after, err := h.openReached(sealed, opts)
	if err != nil {
		return nil, err
	}
	found, err := audit.VerifyPart(r.Context(), h.Audit.Log, opts, after, partAfter(after))
	if errors.Is(err, audit.ErrTampered) {
		return &verifyRun{finding: err.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	run := &verifyRun{
		done: int(found.Reached.Size), size: int(found.Head.Size), root: found.Head.Root.String(), confirmed: len(opts.Checkpoints) > 0,
	}
	if !found.Done {
		run.next = h.Audit.Cursors.Seal(sealed, placeReached(found.Reached, opts)...)
	}
	return run, nil
}

// refuseCheckpoint shows the form again with what is wrong with the checkpoint.
func (h handlers) refuseCheckpoint(w http.ResponseWriter, r *web.Request, shown verifyView) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	shown.fault = v.Text("audit.verify.checkpoint.fault")
	return h.showVerify(w, r, shown)
}

// openReached reads how far the part before this one came, nil at the beginning.
// It is sealed together with the checkpoint, so that nobody is told of a whole
// log of which half was read, or read against something else.
func (h handlers) openReached(sealed wire.Listing, opts audit.VerifyOptions) (*audit.Head, error) {
	place, err := h.Audit.Cursors.Open(sealed, 4)
	if err != nil || place == nil {
		return nil, err
	}
	head, err := audit.ParseCheckpointText(strings.Join(place[:3], "\n") + "\n")
	if err != nil || place[3] != checkpointDigest(opts) {
		return nil, token.Invalid("The form was changed; begin again")
	}
	return &head, nil
}

// placeReached gives what openReached reads: the lines of the text of a head,
// and against what it was verified.
func placeReached(head audit.Head, opts audit.VerifyOptions) []string {
	lines := strings.Split(strings.TrimSuffix(audit.CheckpointText(head), "\n"), "\n")
	return append(lines, checkpointDigest(opts))
}

// checkpointDigest stands for the checkpoints of a verification.
func checkpointDigest(opts audit.VerifyOptions) string {
	sum := sha256.Sum256(bytes.Join(opts.Checkpoints, nil))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// partAfter is how many entries are read after what was read already.
func partAfter(after *audit.Head) int64 {
	if after == nil {
		return firstPart
	}
	return min(max(firstPart, partShare*after.Size), mostPart)
}

// asNote gives a signed note as it was written: a form has other ends of lines,
// and who pastes one loses the last.
func asNote(typed string) string {
	text := strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
	if text == "" {
		return ""
	}
	return text + "\n"
}
