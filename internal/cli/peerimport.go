package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/token"
)

func (a *app) peerImportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Print a section peer for the callers of a Backstage configuration",
		Long: "Read backend.auth.keys and backend.auth.externalAccess of a configuration of Backstage and\n" +
			"print what stands for them below peer. Each caller becomes what it was or less, never more:\n" +
			"what cannot be carried over is told, left out, and ends the command with status 1. Secrets\n" +
			"that stand in the file itself are written to files of mode 0600 in the folder of --secrets.",
		Example: "  tokenwright peer import app-config.production.yaml --secrets /run/secrets >> tokenwright.yaml",
		Args:    names("FILE"),
	}
	folder := c.Flags().String("secrets", "", "`folder` for the secrets that stand in the file itself")
	short := c.Flags().Bool("allow-short-keys", false, "carry over secrets that are too short, by allow_short_key, while they are replaced")
	a.outputFlag(c)
	return a.local(c, func(_ context.Context, args []string) error {
		data, err := readAtMost(args[0], 1<<20)
		if err != nil {
			return err
		}
		carried, err := config.ImportBackstage(data, config.BackstageOptions{File: args[0], Secrets: *folder, AllowShort: *short})
		if err != nil {
			return err
		}
		if err := writeSecrets(carried.Files); err != nil {
			return err
		}
		if err := a.printCarried(carried); err != nil {
			return err
		}
		if n := len(carried.Refused); n > 0 {
			return fmt.Errorf("%d things were not carried over", n)
		}
		return nil
	})
}

func (a *app) printCarried(carried config.BackstageImport) error {
	tell := func(lines []config.BackstageLine) []string {
		texts := make([]string, len(lines))
		for i, one := range lines {
			texts[i] = one.String()
		}
		return texts
	}
	notes, refused := tell(carried.Notes), tell(carried.Refused)
	value := map[string]any{"section": carried.Section, "notes": notes, "refused": refused}
	return a.result(value, func(w io.Writer) error {
		for _, one := range notes {
			a.say("note: %s", one)
		}
		for _, one := range refused {
			a.say("not carried over: %s", one)
		}
		_, err := io.WriteString(w, carried.Section)
		return err
	})
}

// writeSecrets writes each secret to a file that did not exist. After a fault
// none of them is left, so that the command can be repeated.
func writeSecrets(files map[string]token.Secret) (err error) {
	var written []string
	defer func() {
		for _, path := range written {
			if err != nil {
				err = errors.Join(err, os.Remove(path))
			}
		}
	}()
	for path, secret := range files {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("the secret cannot be written: %w", err)
		}
		written = append(written, path)
		_, err = io.WriteString(file, secret.Reveal()+"\n")
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("the secret cannot be written: %w", err)
		}
	}
	return nil
}

// readAtMost reads a file that is no longer than a limit.
func readAtMost(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Size() > limit:
		return nil, &fs.PathError{Op: "read", Path: filepath.Base(path), Err: fmt.Errorf("it is larger than %d bytes", limit)}
	}
	return io.ReadAll(io.LimitReader(file, limit))
}
