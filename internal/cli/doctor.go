package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/server"
)

// maxSkew is how far the clocks of a client and its server may differ before
// expiry times mean different things to both.
const maxSkew = 5 * time.Second

func (a *app) doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is wrong with an installation, and how to mend it",
		Long: "Look at the configuration, the data folder and the running server, and print each\n" +
			"finding with how to mend it. With --url only the server is looked at. With --deep the\n" +
			"database and the log are read through, also while no server runs.\n\n" +
			"Exit status 0 when nothing is wrong, 1 otherwise.",
		Example: "  tokenwright doctor\n  tokenwright doctor --deep\n  tokenwright doctor --config /etc/tokenwright.yaml -o json",
		Args:    names(),
	}
	a.connecting(c)
	file := c.Flags().String("config", "", "YAML `file` (env TOKENWRIGHT_CONFIG, default ./tokenwright.yaml when it exists)")
	deep := c.Flags().Bool("deep", false, "also read through the database and the log, which takes as long as they are large")
	return a.local(c, func(ctx context.Context, _ []string) error {
		var d diagnosis
		var cfg *config.Config
		if !c.Flags().Changed("url") {
			cfg = a.lookAtFiles(&d, *file, c.Flags())
		}
		remote, err := a.connect(c)
		if err != nil {
			return err
		}
		defer remote.Close()
		running := d.lookAtServer(ctx, remote, a.Clock)
		switch {
		case *deep && running:
			d.lookAtData(ctx, remote)
		case *deep && cfg != nil:
			d.lookAtDatabase(ctx, cfg)
		}
		return a.showDiagnosis(d)
	})
}

// lookAtFiles judges what can be seen without the server, and gives the
// configuration, or nil when it cannot be read.
func (a *app) lookAtFiles(d *diagnosis, file string, flags *pflag.FlagSet) *config.Config {
	cfg, err := a.loadConfig(file, flags)
	if err == nil {
		err = cfg.CheckSecrets()
	}
	if err != nil {
		d.bad("configuration", err.Error(), "mend each fault; tokenwright config check shows them again")
	}
	if cfg == nil {
		return nil
	}
	if err == nil {
		d.good("configuration", "no faults")
	}
	// The server's own folder may be named in the configuration alone.
	a.data = cfg.Data
	d.lookAtFolder(cfg.Data)
	d.lookAtDatabaseFile(cfg)
	d.lookAtAddresses(cfg)
	return cfg
}

// diagnosis gathers findings.
type diagnosis struct{ findings []api.Check }

func (d *diagnosis) good(name, message string) {
	d.findings = append(d.findings, api.Check{Name: name, OK: true, Message: message})
}

func (d *diagnosis) bad(name, message, mend string) {
	d.findings = append(d.findings, api.Check{Name: name, Message: message, Mend: mend})
}

// lookAtServer asks the running server about itself, and reports whether it
// answered.
func (d *diagnosis) lookAtServer(ctx context.Context, remote *client.Client, clock func() time.Time) bool {
	asked := clock()
	status, err := remote.Status(ctx)
	took := clock().Sub(asked)
	switch {
	case errors.Is(err, client.ErrUnreachable):
		d.bad("server", err.Error(), "start it with tokenwright serve, or name its data folder with --data; "+
			"keys and log can only be looked at while it runs, and the database with --deep")
		return false
	case err != nil:
		d.bad("server", words(err), "use a credential that may administer, or the admin socket")
		return false
	}
	d.good("server", "version "+status.Version+", up since "+when(status.StartedAt))
	if skew := status.Now.Sub(asked); skew < -maxSkew || skew > took+maxSkew {
		d.bad("clock", fmt.Sprintf("the server's clock and this machine's differ by %s", skew.Round(time.Second)),
			"let both follow a time server (NTP)")
	}
	d.findings = append(d.findings, status.Checks...)
	return true
}

// lookAtData lets the running server read through what it has.
func (d *diagnosis) lookAtData(ctx context.Context, remote *client.Client) {
	checks, err := remote.CheckData(ctx)
	if err != nil {
		d.bad("data", words(err), "ask again; if it stays so, see the server's log")
	}
	d.findings = append(d.findings, checks...)
}

// lookAtDatabase reads through the database while no server runs.
func (d *diagnosis) lookAtDatabase(ctx context.Context, cfg *config.Config) {
	looked, err := server.CheckDatabase(ctx, cfg.Database)
	switch {
	case err != nil:
		d.bad("database file", err.Error(), "restore the database from a backup, or stop what uses it")
	case looked:
		d.good("database file", "it is whole")
	}
}

// diagnosed is what doctor prints as JSON.
type diagnosed struct {
	Healthy  bool        `json:"healthy"`
	Findings []api.Check `json:"findings"`
}

func (a *app) showDiagnosis(d diagnosis) error {
	wrong := 0
	for _, f := range d.findings {
		if !f.OK {
			wrong++
		}
	}
	err := a.result(diagnosed{wrong == 0, d.findings}, func(w io.Writer) error { return printFindings(w, d.findings) })
	if err != nil || wrong == 0 {
		return err
	}
	return fmt.Errorf("%d of %d things are wrong", wrong, len(d.findings))
}

func printFindings(w io.Writer, findings []api.Check) error {
	for _, f := range findings {
		mark := "ok   "
		switch {
		case !f.OK:
			mark = "WRONG"
		case f.Warning:
			mark = "warn "
		}
		if _, err := fmt.Fprintf(w, "%s  %s: %s\n", mark, plain(f.Name), plainLines(f.Message)); err != nil {
			return err
		}
		if f.Mend == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "       mend: %s\n", plainLines(f.Mend)); err != nil {
			return err
		}
	}
	return nil
}
