package tokentest

import (
	"path/filepath"
	"time"

	"github.com/tokenwright/tokenwright/internal/server"
)

// Option changes how the server is started.
type Option func(*settings)

type settings struct {
	clock  func() time.Time
	flags  map[string]string
	env    map[string]string
	yaml   string
	data   string
	strict bool
	// unready is true when Start is not to wait until the server is ready.
	unready bool
}

// WithClock gives the server a clock of the test's.
func WithClock(c *Clock) Option { return func(s *settings) { s.clock = c.Now } }

// WithDatabase keeps the records elsewhere than in a temporary SQLite file:
// "sqlite:PATH" or "postgres://…".
func WithDatabase(url string) Option {
	return func(s *settings) { s.env["TOKENWRIGHT_DATABASE"] = url } // no flag: those take no password
}

// WithKeyOf uses the key under which other seals its signing keys. Servers on
// one PostgreSQL database need it to be nodes of one installation.
func WithKeyOf(other *Server) Option {
	return func(s *settings) {
		s.env["TOKENWRIGHT_SECRETS_KEY_FILE"] = filepath.Join(other.Data, server.KeyFileName)
	}
}

// WithConfig adds the text of a configuration file, in YAML.
func WithConfig(yaml string) Option { return func(s *settings) { s.yaml += yaml + "\n" } }

// WithPublicURL sets the issuer and the base of every link. The default is the
// address on which the server listens.
func WithPublicURL(url string) Option {
	return func(s *settings) { s.flags["public-url"] = url }
}

// WithData uses a folder that is there already, for example that of a server
// that was stopped before.
func WithData(folder string) Option { return func(s *settings) { s.data = folder } }

// WithOps also listens for metrics and profiles; see Server.OpsURL.
func WithOps() Option { return func(s *settings) { s.flags["ops-listen"] = "127.0.0.1:0" } }

// WithoutWaiting gives the server back before it is ready, for tests of what
// keeps it from being ready.
func WithoutWaiting() Option { return func(s *settings) { s.unready = true } }

// WithoutDemonstration starts with an empty directory, as production does.
func WithoutDemonstration() Option { return func(s *settings) { s.strict = true } }
