package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/client"
)

// maxCheckpoint bounds a file with a checkpoint, in bytes.
const maxCheckpoint = 1 << 20

func (a *app) auditVerifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify [--checkpoint FILE]",
		Short: "Recompute the log and compare it with its signed end",
		Long: "Read the whole log, recompute its Merkle tree here and compare it with the signed\n" +
			"end of the log, and with checkpoints that were kept elsewhere: only they can show\n" +
			"that the end of the log was cut off together with its signature. With --key the\n" +
			"signatures are checked by keys you kept instead of those the server names.\n\n" +
			"Exit status 0 when the log is whole, 1 when it was changed.",
		Example: "  tokenwright audit verify\n" +
			"  tokenwright audit verify --checkpoint kept.txt --checkpoint older.txt",
		Args: names(),
	}
	files := c.Flags().StringArray("checkpoint", nil, "`file` with a checkpoint; may be given several times")
	keys := c.Flags().StringArray("key", nil, "verifier `key`, as audit checkpoint prints it; may be given several times")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		opts := audit.VerifyOptions{}
		var err error
		if opts.Keys, err = logKeys(ctx, server, *keys); err != nil {
			return err
		}
		for _, file := range *files {
			signed, err := readCheckpoint(file)
			if err != nil {
				return err
			}
			opts.Checkpoints = append(opts.Checkpoints, signed)
		}
		bar := a.progress("verify")
		opts.Progress = bar.show
		found, err := audit.Verify(ctx, remoteLog{server}, opts)
		bar.end()
		if err != nil {
			return err
		}
		return a.showFound(found)
	})
}

// verification is what audit verify prints as JSON.
type verification struct {
	Whole       bool   `json:"whole"`
	Origin      string `json:"origin"`
	Entries     int64  `json:"entries"`
	Root        []byte `json:"root"`
	Checkpoints int    `json:"checkpoints"`
}

func (a *app) showFound(v audit.Verification) error {
	out := verification{true, v.Head.Origin, v.Entries, v.Head.Root[:], v.Checkpoints}
	return a.result(out, func(w io.Writer) error {
		if v.Checkpoints == 0 {
			a.say("no checkpoint was given: keep one elsewhere, by: tokenwright audit checkpoint > kept.txt")
		}
		_, err := fmt.Fprintf(w, "the log is whole: %d entries, %d checkpoints confirmed\n", v.Entries, v.Checkpoints)
		return err
	})
}

func readCheckpoint(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--checkpoint: %w", err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	signed, err := io.ReadAll(io.LimitReader(file, maxCheckpoint))
	if err != nil {
		return nil, fmt.Errorf("--checkpoint: %w", err)
	}
	return signed, nil
}

func (a *app) proveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "prove ENTRY",
		Short: "Print the proof that one entry is in the log, without the others",
		Long: "Print, as JSON, the entry of an id with the hashes from its leaf to the root of the\n" +
			"signed end of the log (RFC 6962 section 2.1.1). The proof is checked here first.",
		Example: "  tokenwright audit prove 01980c2e-7a52-7cc0-8f6e-3a3d1f6c2b11 > proof.json",
		Args:    names("ENTRY"),
	}
	keys := c.Flags().StringArray("key", nil, "verifier `key`, as audit checkpoint prints it; may be given several times")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		proof, err := server.LogProof(ctx, args[0])
		if err != nil {
			return err
		}
		verifiers, err := logKeys(ctx, server, *keys)
		if err != nil {
			return err
		}
		if err := checkProof(proof, verifiers); err != nil {
			return err
		}
		return a.json(proof)
	})
}

func checkProof(proof api.LogProof, keys note.Verifiers) error {
	head, err := audit.OpenCheckpoint([]byte(proof.Checkpoint), keys)
	if err != nil {
		return err
	}
	return audit.Proof(proof).Check(head)
}

// logKeys gives the keys that verify checkpoints: those that were given, or
// those the server names.
func logKeys(ctx context.Context, server *client.Client, texts []string) (note.Verifiers, error) {
	if len(texts) == 0 {
		head, err := server.LogHead(ctx)
		if err != nil {
			return nil, err
		}
		texts = head.Keys
	}
	var verifiers []note.Verifier
	for _, text := range texts {
		v, err := note.NewVerifier(text)
		if err != nil {
			return nil, fmt.Errorf("a verifier key cannot be read: %w", err)
		}
		verifiers = append(verifiers, v)
	}
	if len(verifiers) == 0 {
		return nil, errors.New("the server names no key that verifies its log")
	}
	return note.VerifierList(verifiers...), nil
}
