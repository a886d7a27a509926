package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// CheckpointText gives the text that is signed for a head: origin, size and
// root, one a line (C2SP tlog-checkpoint).
func CheckpointText(head Head) string {
	return fmt.Sprintf("%s\n%d\n%s\n", head.Origin, head.Size, head.Root)
}

// ParseCheckpointText reads the text of a checkpoint. Further lines are
// extensions and ignored, as the format asks.
func ParseCheckpointText(text string) (Head, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" {
		return Head{}, errors.New("audit: a checkpoint has three lines: origin, size, root")
	}
	size, err := parseSize(lines[1])
	if err != nil {
		return Head{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return Head{}, errors.New("audit: the third line of a checkpoint must be a hash in base64")
	}
	return Head{Origin: lines[0], Size: size, Root: root}, nil
}

// parseSize reads a decimal number in its one spelling.
func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, errors.New("audit: the second line of a checkpoint must be the size of the log")
	}
	return n, nil
}

// OpenCheckpoint checks the signature of a signed note and reads its head.
func OpenCheckpoint(signed []byte, keys note.Verifiers) (Head, error) {
	n, err := note.Open(signed, keys)
	if err != nil {
		return Head{}, fmt.Errorf("audit: the checkpoint is not signed by this log: %w", err)
	}
	head, err := ParseCheckpointText(n.Text)
	if err != nil {
		return Head{}, err
	}
	head.Signed = signed
	return head, nil
}

// checkSigned compares the head with its own signed note.
func checkSigned(head Head, keys note.Verifiers) error {
	if head.Size == 0 && len(head.Signed) == 0 {
		if empty, err := tlog.TreeHash(0, nil); err != nil || head.Root != empty {
			return fmt.Errorf("%w: the head of an empty log has a root", ErrTampered)
		}
		return nil
	}
	signed, err := OpenCheckpoint(head.Signed, keys)
	if err != nil {
		return fmt.Errorf("%w: the head has no good signature (%w)", ErrTampered, err)
	}
	if signed.Size != head.Size || signed.Root != head.Root || signed.Origin != head.Origin {
		return fmt.Errorf("%w: the head is not the one that was signed", ErrTampered)
	}
	if !sealedForm(head.Signed, keys) {
		return fmt.Errorf("%w: the signed head is not in the form it was written in", ErrTampered)
	}
	return nil
}

// sealedForm reports whether a signed note is spelled as a signer spells it.
// note.Open is kinder: it overlooks signatures by strangers, repeated ones, and
// bits of base64 that stand for nothing.
func sealedForm(signed []byte, keys note.Verifiers) bool {
	n, err := note.Open(signed, keys)
	if err != nil || len(n.UnverifiedSigs) > 0 {
		return false
	}
	for i, sig := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(sig.Base64)
		if err != nil {
			return false
		}
		n.Sigs[i].Base64 = base64.StdEncoding.EncodeToString(raw)
	}
	again, err := note.Sign(n)
	return err == nil && bytes.Equal(again, signed)
}
