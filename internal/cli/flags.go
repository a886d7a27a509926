package cli

import (
	"errors"
	"time"

	"github.com/spf13/pflag"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/token"
)

// durationFlag takes Go durations plus d and w, in whole seconds.
type durationFlag struct {
	to    *time.Duration
	least time.Duration
}

func durationVar(flags *pflag.FlagSet, to *time.Duration, name, usage string) {
	flags.Var(durationFlag{to, 0}, name, usage)
}

// lifetimeVar is durationVar for how long a credential lives. A lifetime of
// nothing would read like one that was not given, and mean the default.
func lifetimeVar(flags *pflag.FlagSet, to *time.Duration, name, usage string) {
	flags.Var(durationFlag{to, time.Second}, name, usage)
}

// Set implements pflag.Value.
func (f durationFlag) Set(s string) error {
	d, err := config.ParseDuration(s)
	switch {
	case err != nil:
		return errors.New(token.Message(err))
	case d < 0 || d%time.Second != 0:
		return errors.New("must be a whole number of seconds and not negative")
	case d < f.least:
		return errors.New("must be at least 1s")
	}
	*f.to = d
	return nil
}

// String implements pflag.Value.
func (f durationFlag) String() string {
	if f.to == nil || *f.to == 0 {
		return ""
	}
	return config.FormatDuration(*f.to)
}

// Type implements pflag.Value.
func (durationFlag) Type() string { return "duration" }

// timeFlag takes RFC 3339, or a date alone for its beginning in UTC.
type timeFlag struct{ to *time.Time }

func timeVar(flags *pflag.FlagSet, to *time.Time, name, usage string) {
	flags.Var(timeFlag{to}, name, usage)
}

// Set implements pflag.Value.
func (f timeFlag) Set(s string) error {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t, err = time.Parse(time.DateOnly, s)
	}
	if err != nil {
		return errors.New("must be a time such as 2026-12-31T00:00:00Z, or a date")
	}
	*f.to = t
	return nil
}

// String implements pflag.Value.
func (f timeFlag) String() string {
	if f.to == nil {
		return ""
	}
	return when(*f.to)
}

// Type implements pflag.Value.
func (timeFlag) Type() string { return "time" }
