package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/server"
)

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: "Run the server until SIGTERM or SIGINT, then finish open requests within 10 s.\n\n" +
			"A flag wins over the environment, which wins over the file. Every fault of the\n" +
			"configuration is reported at once, and serving is refused.",
		Example: "  tokenwright serve --dev\n" +
			"  tokenwright serve --config /etc/tokenwright.yaml --data /var/lib/tokenwright",
		Args: names(),
	}
	file := a.configFlags(c)
	return a.local(c, func(ctx context.Context, _ []string) error {
		cfg, err := a.loadConfig(*file, c.Flags())
		if err != nil {
			return err
		}
		return server.Run(ctx, cfg, server.Options{Version: version()})
	})
}

// configFlags gives a command the flags that set keys of the configuration,
// and the flag of the file, whose value it gives back.
func (a *app) configFlags(c *cobra.Command) (file *string) {
	flags := c.Flags()
	file = flags.String("config", "", "YAML `file` (env TOKENWRIGHT_CONFIG, default ./tokenwright.yaml when it exists)")
	flags.String("listen", "", "HTTP `address`; port 0 picks one (env TOKENWRIGHT_LISTEN, default 127.0.0.1:7080)")
	flags.String("data", "", "`folder` for the SQLite file, generated keys and the admin socket (env TOKENWRIGHT_DATA, default "+defaultData+")")
	flags.String("database", "", "sqlite:PATH or postgres://… `URL` without a password (env TOKENWRIGHT_DATABASE, default SQLite in --data)")
	flags.String("public-url", "", "issuer and base of every link (env TOKENWRIGHT_PUBLIC_URL, default http://<listen>)")
	flags.String("ops-listen", "", "`address` for metrics and profiles (env TOKENWRIGHT_OPS_LISTEN, default off)")
	flags.Bool("dev", false, "listen on loopback only and seed a demonstration directory")
	return file
}

// loadConfig merges file, environment and the flags that were given.
// Warnings are told and do not stop anything.
func (a *app) loadConfig(file string, flags *pflag.FlagSet) (*config.Config, error) {
	given := map[string]string{}
	flags.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "config", "output", "url", "deep": // no keys of the configuration
		default:
			given[f.Name] = f.Value.String()
		}
	})
	cfg, warnings, err := config.Load(config.Sources{File: file, Env: a.Env, Flags: given})
	for _, w := range warnings {
		a.say("warning: %s", w)
	}
	return cfg, err
}
