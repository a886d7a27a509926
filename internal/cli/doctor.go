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
)

// maxSkew is how far the clocks of a client and its server may differ before
// expiry times mean different things to both.
const maxSkew = 5 * time.Second

func (a *app) doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is wrong with an installation, and how to mend it",
		Long: "Look at the configuration, the data folder and the running server, and print each\n" +
			"finding with how to mend it. With --url only the server is looked at.\n\n" +
			"Exit status 0 when nothing is wrong, 1 otherwise.",
		Example: "  tokenwright doctor\n  tokenwright doctor --config /etc/tokenwright.yaml -o json",
		Args:    names(),
	}
	a.connecting(c)
	file := c.Flags().String("config", "", "YAML `file` (env TOKENWRIGHT_CONFIG, default ./tokenwright.yaml when it exists)")
	return a.local(c, func(ctx context.Context, _ []string) error {
		var d diagnosis
		if !c.Flags().Changed("url") {
			a.lookAtFiles(&d, *file, c.Flags())
		}
		server, err := a.connect(c)
		if err != nil {
			return err
		}
		defer server.Close()
		d.lookAtServer(ctx, server, a.Clock)
		return a.showDiagnosis(d)
	})
}

// lookAtFiles judges what can be seen without the server.
func (a *app) lookAtFiles(d *diagnosis, file string, flags *pflag.FlagSet) {
	cfg, err := a.loadConfig(file, flags)
	if err == nil {
		err = cfg.CheckSecrets()
	}
	if err != nil {
		d.bad("configuration", err.Error(), "mend each fault; tokenwright config check shows them again")
	}
	if cfg == nil {
		return
	}
	if err == nil {
		d.good("configuration", "no faults")
	}
	// The server's own folder may be named in the configuration alone.
	a.data = cfg.Data
	d.lookAtData(cfg.Data)
	d.lookAtAddresses(cfg)
}

// diagnosis gathers findings.
type diagnosis struct{ findings []api.Check }

func (d *diagnosis) good(name, message string) {
	d.findings = append(d.findings, api.Check{Name: name, OK: true, Message: message})
}

func (d *diagnosis) bad(name, message, mend string) {
	d.findings = append(d.findings, api.Check{Name: name, Message: message, Mend: mend})
}

// lookAtServer asks the running server about itself.
func (d *diagnosis) lookAtServer(ctx context.Context, server *client.Client, clock func() time.Time) {
	asked := clock()
	status, err := server.Status(ctx)
	took := clock().Sub(asked)
	switch {
	case errors.Is(err, client.ErrUnreachable):
		d.bad("server", err.Error(), "start it with tokenwright serve, or name its data folder with --data; "+
			"database, keys and log can only be looked at while it runs")
		return
	case err != nil:
		d.bad("server", words(err), "use a credential that may administer, or the admin socket")
		return
	}
	d.good("server", "version "+status.Version+", up since "+when(status.StartedAt))
	if skew := status.Now.Sub(asked); skew < -maxSkew || skew > took+maxSkew {
		d.bad("clock", fmt.Sprintf("the server's clock and this machine's differ by %s", skew.Round(time.Second)),
			"let both follow a time server (NTP)")
	}
	d.findings = append(d.findings, status.Checks...)
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
		if !f.OK {
			mark = "WRONG"
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
