package config

import (
	"maps"
	"slices"
	"strings"
)

// Sources is where a configuration comes from.
type Sources struct {
	// File is the value of --config; "" when it was not given.
	File string
	// Env looks up an environment variable, as os.LookupEnv does. Nil: the
	// environment is empty.
	Env func(name string) (value string, ok bool)
	// Flags are the flags that were given on the command line, by name
	// without dashes: listen, data, database, public-url, ops-listen, dev.
	Flags map[string]string
}

// Load reads, merges and checks a configuration. Its error is [Faults] with
// everything that is wrong, and the Config is then nil; warnings come with or
// without an error. Load reads the configuration file and nothing else: see
// [Config.CheckSecrets] for the files it refers to.
func Load(src Sources) (*Config, []Warning, error) {
	l := &loader{
		cfg:      defaults(),
		findings: findings{places: places{}, faulty: map[string]bool{}},
		env:      src.Env,
	}
	if l.env == nil {
		l.env = func(string) (string, bool) { return "", false }
	}
	l.cfg.places, l.cfg.env = l.places, l.env
	if l.readFile(src.File) {
		l.readEnvironment()
		l.readFlags(src.Flags)
		l.derive()
		l.check()
	}
	slices.SortStableFunc(l.warnings, func(a, b Warning) int { return byPlace(a.Place, b.Place) })
	if err := l.err(); err != nil {
		return nil, l.warnings, err
	}
	return l.cfg, l.warnings, nil
}

// loader is one run of Load.
type loader struct {
	cfg *Config
	findings
	env func(string) (string, bool)
}

// readEnvironment sets every value that has a variable. A variable that is
// set but empty is a fault: it is what a failed substitution leaves behind.
func (l *loader) readEnvironment() {
	eachScalar(l.cfg, func(s scalar) {
		if s.env == "" {
			return
		}
		if text, ok := l.env(s.env); ok {
			l.override(Place{Source: s.env}, s, text)
		}
	})
}

// readFlags sets the values that were given as flags.
func (l *loader) readFlags(flags map[string]string) {
	known := map[string]scalar{}
	eachScalar(l.cfg, func(s scalar) {
		if !strings.Contains(s.key, ".") {
			known[strings.ReplaceAll(s.key, "_", "-")] = s
		}
	})
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		place := Place{Source: "--" + name}
		if s, ok := known[name]; ok {
			l.override(place, s, flags[name])
		} else {
			l.faultAt(place, "", "this flag sets no key of the configuration")
		}
	}
	if _, given := flags["database"]; given && l.cfg.Database.hasPassword {
		l.faultAt(Place{Source: "--database"}, "", "holds a password, which every user of this machine can see in the process list; set TOKENWRIGHT_DATABASE instead, or PGPASSWORD or PGPASSFILE beside the flag")
	}
}

// override replaces a value that an earlier source gave.
func (l *loader) override(place Place, s scalar, text string) {
	l.places[s.key] = place
	if l.faulty[s.key] {
		return
	}
	if text == "" {
		l.fault(s.key, "is set but empty; give it a value or do not set it")
	} else if err := setText(s.value, text); err != nil {
		l.fault(s.key, "%s", err.Error())
	}
}
