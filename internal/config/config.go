package config

import (
	"log/slog"
	"net/netip"

	"github.com/tokenwright/tokenwright/policy"
)

// Config is the effective configuration. [Load] fills every field; the
// comments say what a key means when it is left out.
type Config struct {
	// Listen is the HTTP address. Default "127.0.0.1:7080"; port 0 picks one.
	Listen string `yaml:"listen"`
	// PublicURL is the issuer and the base of every link, without a slash at
	// its end. Default "http://" and Listen; empty when that has port 0,
	// because the address is known only once the server listens.
	PublicURL string `yaml:"public_url"`
	// Hosts are further names under which the server answers, without port:
	// those by which proxies and services inside a network reach it. The name
	// of PublicURL and loopback addresses are always among them. Default
	// none.
	Hosts []string `yaml:"hosts"`
	// Data is the folder for the SQLite file, generated keys and the admin
	// socket. Default "./tokenwright-data".
	Data string `yaml:"data"`
	// Database says where records are kept. Default: SQLite, file
	// "tokenwright.db" in Data.
	Database Database `yaml:"database"`
	// OpsListen is the address of metrics and profiles. Default "": off.
	OpsListen string `yaml:"ops_listen"`
	// Dev seeds demonstration users and demands a loopback Listen. It has no
	// environment variable, so that it is not inherited by accident.
	Dev bool `yaml:"dev" env:"-"`
	// TrustedProxies may say who the client is. Default none: X-Forwarded-*
	// is ignored.
	TrustedProxies []netip.Prefix `yaml:"trusted_proxies"`

	SignIn SignIn `yaml:"sign_in"`
	// Roles and Bindings are the policy as written; Policy is built from it.
	// Default none: nobody but the local administrator may do anything but
	// what DefaultRole allows.
	Roles    map[string][]string `yaml:"roles"`
	Bindings []Binding           `yaml:"bindings"`
	// DefaultRole is held by every person who is signed in and enabled: the
	// name of a role, or "none". Default "user": personal tokens of one's own.
	DefaultRole string       `yaml:"default_role"`
	Policy      policy.Table `yaml:"-"`

	Kinds Kinds `yaml:"kinds"`
	// Imported says how tokens that were imported are written. Default none.
	Imported []ImportedForm `yaml:"imported"`

	OAuth  OAuth  `yaml:"oauth"`
	Peer   Peer   `yaml:"peer"`
	Verify Verify `yaml:"verify"`
	Usage  Usage  `yaml:"usage"`
	// Rules say what forward-auth demands, the first match wins. Default
	// none: every path is denied unless the proxy names its demand.
	Rules       []Rule      `yaml:"rules"`
	ForwardAuth ForwardAuth `yaml:"forward_auth"`
	Directory   Directory   `yaml:"directory"`
	Secrets     Secrets     `yaml:"secrets"`
	Limits      Limits      `yaml:"limits"`
	Log         Log         `yaml:"log"`

	// File is the path of the file that was read, "" when there was none.
	File string `yaml:"-"`

	places places
	env    func(string) (string, bool)
}

// Binding gives a role to somebody; see policy.Binding.
type Binding struct {
	Role   string   `yaml:"role"`
	To     []string `yaml:"to"`
	Groups []string `yaml:"groups"` // nil: the tokens of every owner
}

// Issuer is a foreign issuer whose JWTs the API accepts, by its published
// keys. All but Type are required.
type Issuer struct {
	Issuer   string `yaml:"issuer"` // equal to the iss claim, byte by byte
	JWKSURI  string `yaml:"jwks_uri"`
	Audience string `yaml:"audience"`
	Type     string `yaml:"type"` // demanded typ header; "": vnd.backstage.user
}

// Directory says who the users and groups are.
type Directory struct {
	// CatalogURL is a Backstage catalog. Default "": the built-in directory.
	CatalogURL string `yaml:"catalog_url"`
}

// Secrets refers to the keys of the installation.
type Secrets struct {
	// KeyFile or KeyEnv hold the key under which signing keys are encrypted
	// at rest. Default: a key made by the server, in the data folder.
	KeyFile string `yaml:"key_file"`
	KeyEnv  string `yaml:"key_env"`
	// PepperFile or PepperEnv hold the key of the digests. Default: none,
	// digests are plain SHA-256. It cannot be changed while tokens live.
	PepperFile string `yaml:"pepper_file"`
	PepperEnv  string `yaml:"pepper_env"`
}

// Key gives the reference to the encryption key; it may be zero.
func (s Secrets) Key() SecretRef { return SecretRef{s.KeyFile, s.KeyEnv} }

// Pepper gives the reference to the pepper; it may be zero.
func (s Secrets) Pepper() SecretRef { return SecretRef{s.PepperFile, s.PepperEnv} }

// Limits bound what callers may use.
type Limits struct {
	// RequestsPerMinute per user on the management API, and ten times as many on
	// the administrative API. Default 600.
	RequestsPerMinute int `yaml:"requests_per_minute"`
	// Connections of the public listener that are open at one time. Default
	// 8192; the last eighth is for clients that have none.
	Connections int `yaml:"connections"`
	// ConnectionsPerAddress is how many of them one client may have: an IPv4
	// address, or the /64 of an IPv6 address. Trusted proxies are not held to
	// it. Default 1024.
	ConnectionsPerAddress int `yaml:"connections_per_address"`
	// ClientsPerRegistrar is how many OAuth clients one person, or one initial
	// access token, may have registered. Default 1000, a tenth of what there may
	// be in all.
	ClientsPerRegistrar int `yaml:"clients_per_registrar"`
}

// Log says what is logged and how.
type Log struct {
	Level  slog.Level `yaml:"level"`  // debug, info (default), warn or error
	Format string     `yaml:"format"` // "json" (default) or "text"
}
