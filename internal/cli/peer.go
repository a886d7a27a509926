package cli

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

func (a *app) peerCommand() *cobra.Command {
	return group(
		&cobra.Command{
			Use: "peer", Short: "Secrets and tokens between services",
			Example: "  (umask 077; tokenwright peer keygen > peer-1)\n" +
				"  curl -H \"Authorization: Bearer $(tokenwright peer token)\" https://catalog.example.com/",
		},
		a.peerKeygenCommand(), a.peerTokenCommand(), a.peerImportCommand(),
		a.connecting(a.peerListCommand()),
		a.connecting(a.peerSwitchCommand("disable", "Refuse a peer, whatever it shows, until it is enabled", (*client.Client).DisablePeer)),
		a.connecting(a.peerSwitchCommand("enable", "Let a disabled peer in again", (*client.Client).EnablePeer)),
	)
}

func (a *app) peerKeygenCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "keygen",
		Short: "Print a new secret of 32 random bytes, in base64",
		Long: "Print a new secret of 32 random bytes in base64, for secret_file of peer.keys on both\n" +
			"sides. Nothing is kept of it. Files with secrets must have mode 0600.",
		Example: "  (umask 077; tokenwright peer keygen > peer-1)",
		Args:    names(),
	}
	a.outputFlag(c)
	return a.local(c, func(context.Context, []string) error {
		return a.printSecret("secret", peer.GenerateSecret())
	})
}

func (a *app) peerTokenCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "token [--name N]",
		Short: "Print a token for a call to another service, good for an hour",
		Long: "Print a token that is signed with the first key of peer.keys that may sign, or with the\n" +
			"first of one name, and is good for an hour. No server is asked. With --secret-file the\n" +
			"secret is read from that file instead of the configuration, on machines that have no other.",
		Example: "  tokenwright peer token --config /etc/tokenwright.yaml --name scaffolder\n" +
			"  tokenwright peer token --secret-file /run/secrets/peer-1",
		Args: names(),
	}
	flags := c.Flags()
	file := flags.String("config", "", "YAML `file` (env TOKENWRIGHT_CONFIG, default ./tokenwright.yaml when it exists)")
	name := flags.String("name", "", "name of the `peer` whose key signs; it must have sign: true, or be the first")
	secret := flags.String("secret-file", "", "`file` with the base64 secret, instead of a configuration")
	a.outputFlag(c)
	return a.local(c, func(ctx context.Context, _ []string) error {
		if *secret != "" && (*file != "" || *name != "") {
			return wrongUse("--secret-file stands alone: without --config and --name")
		}
		manager, err := a.peers(*file, *secret)
		if err != nil {
			return err
		}
		raw, err := a.peerToken(ctx, manager, *name)
		if err != nil {
			return err
		}
		return a.printSecret("token", raw)
	})
}

// peers makes what signs: of the configuration, or of one file.
func (a *app) peers(file, secretFile string) (*peer.TokenManager, error) {
	if secretFile != "" {
		secret, err := config.SecretRef{File: secretFile}.Read(os.LookupEnv)
		if err != nil {
			return nil, err
		}
		return peer.New(peer.Options{Keys: []peer.Key{{Secret: secret}}})
	}
	cfg, warnings, err := config.Load(config.Sources{File: file, Env: a.Env})
	for _, w := range warnings {
		a.say("warning: %s", w)
	}
	if err != nil {
		return nil, err
	}
	if len(cfg.Peer.Keys) == 0 {
		return nil, errors.New("the configuration has no peer.keys: add one, made by: tokenwright peer keygen")
	}
	// Callers of other kinds only verify. What they are verified by may well
	// be missing on a machine that only signs.
	cfg.Peer.External, cfg.Peer.Plugins = nil, nil
	opts, err := cfg.PeerOptions(nil)
	if err != nil {
		return nil, err
	}
	return peer.New(opts)
}

func (a *app) peerToken(ctx context.Context, manager *peer.TokenManager, name string) (token.Secret, error) {
	if name == "" {
		return manager.GetToken(ctx)
	}
	return manager.GetNamedToken(ctx, name)
}

// printSecret prints a credential alone, once.
func (a *app) printSecret(what string, secret token.Secret) error {
	return a.result(map[string]string{what: secret.Reveal()}, func(w io.Writer) error {
		_, err := io.WriteString(w, secret.Reveal()+"\n")
		return err
	})
}
