package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/token"
)

// maxPresented bounds what is read as a raw token, in bytes. JWTs are longer
// than opaque tokens.
const maxPresented = 16 << 10

func (a *app) verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify [--scope S]",
		Short: "Say whether a raw token, read from the standard input, is good",
		Long: "Read a raw token from the standard input and say whether it is good; to an\n" +
			"administrator also why not. It is never taken as an argument and never echoed.\n\n" +
			"Exit status 0 when the token is good, 1 when it is not.",
		Example: "  tokenwright token verify < token.txt\n" +
			"  printf %s \"$TOKEN\" | tokenwright token verify --scope catalog:read",
		Args: names(),
	}
	scopes := c.Flags().StringSlice("scope", nil, "`scope` it must hold; may be given several times")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		raw, err := a.readSecret("token: ")
		if err != nil {
			return err
		}
		answer, err := server.Verify(ctx, api.VerifyRequest{Token: raw.Reveal(), Scopes: *scopes})
		if err != nil {
			return err
		}
		if err := a.showVerification(answer); err != nil || answer.Active {
			return err
		}
		if answer.Reason == "" {
			return errors.New("the token is not active")
		}
		return fmt.Errorf("the token is not active: %s", answer.Reason)
	})
}

func (a *app) showVerification(v api.Verification) error {
	return a.result(v, func(w io.Writer) error {
		state := "inactive"
		if v.Active {
			state = "active"
		}
		if _, err := fmt.Fprintln(w, state); err != nil {
			return err
		}
		if v.Token != nil {
			return tokenFacts(w, *v.Token)
		}
		return facts(w, "kind", v.Kind, "subject", v.Subject,
			"scopes", strings.Join(v.Scopes, " "), "expires", when(v.ExpiresAt))
	})
}

// readSecret reads one line from the standard input: without echo from a
// terminal, otherwise as it comes.
func (a *app) readSecret(prompt string) (token.Secret, error) {
	if file, ok := a.Stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		fmt.Fprint(a.Stderr, prompt)
		line, err := term.ReadPassword(int(file.Fd()))
		fmt.Fprintln(a.Stderr)
		return token.NewSecret(strings.TrimSpace(string(line))), err
	}
	line, err := bufio.NewReader(io.LimitReader(a.Stdin, maxPresented)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return token.Secret{}, fmt.Errorf("read the standard input: %w", err)
	}
	raw := strings.TrimSpace(line)
	if raw == "" {
		return token.Secret{}, wrongUse("the standard input is empty: pipe the raw token into this command")
	}
	return token.NewSecret(raw), nil
}
