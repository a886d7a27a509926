package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/internal/config"
)

func (a *app) configCommand() *cobra.Command {
	return group(
		&cobra.Command{
			Use: "config", Short: "Check and print the configuration",
			Example: "  tokenwright config check /etc/tokenwright.yaml",
		},
		a.configCheckCommand(), a.configPrintCommand(),
	)
}

func (a *app) configCheckCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Report every fault of the configuration, with its line",
		Example: "  tokenwright config check\n" +
			"  tokenwright config check /etc/tokenwright.yaml -o json",
		Args: cobra.MaximumNArgs(1),
	}
	a.outputFlag(c)
	return a.local(c, func(_ context.Context, args []string) error {
		file := ""
		if len(args) == 1 {
			file = args[0]
		}
		cfg, warnings, err := config.Load(config.Sources{File: file, Env: a.Env})
		if err == nil {
			err = cfg.CheckSecrets()
		}
		var faults config.Faults
		if err != nil && !errors.As(err, &faults) {
			return err
		}
		if a.output == "json" {
			if err := a.json(newReport(faults, warnings)); err != nil {
				return err
			}
			if len(faults) > 0 {
				return fmt.Errorf("the configuration has %d faults", len(faults))
			}
			return nil
		}
		for _, w := range warnings {
			a.say("warning: %s", w)
		}
		if len(faults) == 0 {
			a.say("the configuration is good")
		}
		return err
	})
}

// report is what config check prints as JSON.
type report struct {
	Faults   []finding `json:"faults"`
	Warnings []finding `json:"warnings"`
}

type finding struct {
	Place   string `json:"place,omitempty"` // file:line, variable or flag
	Key     string `json:"key,omitempty"`
	Message string `json:"message"`
}

func newReport(faults config.Faults, warnings []config.Warning) report {
	r := report{Faults: []finding{}, Warnings: []finding{}}
	for _, f := range faults {
		r.Faults = append(r.Faults, finding{f.Place.String(), f.Key, f.Message})
	}
	for _, w := range warnings {
		r.Warnings = append(r.Warnings, finding{w.Place.String(), w.Key, w.Message})
	}
	return r
}

func (a *app) configPrintCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "print",
		Short: "Print the effective configuration as YAML, secrets redacted",
		Example: "  tokenwright config print\n" +
			"  TOKENWRIGHT_LISTEN=0.0.0.0:7080 tokenwright config print --config /etc/tokenwright.yaml",
		Args: names(),
	}
	file := a.configFlags(c)
	return a.local(c, func(context.Context, []string) error {
		cfg, err := a.loadConfig(*file, c.Flags())
		if err != nil {
			return err
		}
		return cfg.Print(a.Stdout)
	})
}
