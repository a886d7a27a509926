package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// WorkspaceKind holds the settings of workspace tokens.
type WorkspaceKind struct {
	DefaultLifetime time.Duration `yaml:"default_lifetime"` // default 30d
	MaxLifetime     time.Duration `yaml:"max_lifetime"`     // whole days, at most and by default 365d
	MaxPerOwner     int           `yaml:"max_per_owner"`    // usable tokens per account, default 100
	// Secrets sign and verify: the first signs, all verify. Default none: the
	// server makes one and keeps it encrypted in the store.
	Secrets []WorkspaceSecret `yaml:"secrets"`
	// RPCPath is where the account RPC is served. Default "/_accounts".
	RPCPath string `yaml:"rpc_path"`
	// RPCListen is an address at which POST / is the account RPC, for clients
	// that know it by its port. Default "": off.
	RPCListen string `yaml:"rpc_listen"`
	// RequireScopes refuses tokens without scopes, at issue and in use.
	// Default false: they hold all three scopes.
	RequireScopes bool `yaml:"require_scopes"`
	// TrustHostTokens lets people call the RPC with a login token of the host,
	// signed with one of the secrets. Default false.
	TrustHostTokens bool `yaml:"trust_host_tokens"`
	// MaxBody is the longest body that is read for a demand on bodies, in
	// bytes. Default 1048576.
	MaxBody int `yaml:"max_body"`
	// DeleteNames are names of events and operations that remove something,
	// beside those that begin with "remove" or "delete". Default none.
	DeleteNames []string `yaml:"delete_names"`
}

// WorkspaceSecret is one secret of workspace tokens.
type WorkspaceSecret struct {
	SecretFile string `yaml:"secret_file"` // this or the next, not both
	SecretEnv  string `yaml:"secret_env"`
}

// Secret gives the reference to the secret.
func (s WorkspaceSecret) Secret() SecretRef { return SecretRef{s.SecretFile, s.SecretEnv} }

// WorkspaceSecrets gives the configured secrets of workspace tokens in their
// order; none when the server is to use its own.
func (c *Config) WorkspaceSecrets() ([]token.Secret, error) {
	secrets := make([]token.Secret, len(c.Kinds.Workspace.Secrets))
	for i, one := range c.Kinds.Workspace.Secrets {
		var err error
		if secrets[i], err = one.Secret().Read(c.env); err != nil {
			return nil, fmt.Errorf("%s: %w", indexed("kinds.workspace.secrets", i), err)
		}
	}
	return secrets, nil
}

func defaultWorkspaceKind() WorkspaceKind {
	return WorkspaceKind{
		DefaultLifetime: 30 * day, MaxLifetime: year, MaxPerOwner: 100,
		RPCPath: "/_accounts", MaxBody: verify.DefaultMaxBody,
	}
}

// maxMaxBody bounds what one request may make the server keep in memory.
const maxMaxBody = 64 << 20

func (l *loader) checkWorkspaceKind(k WorkspaceKind) {
	const at = "kinds.workspace"
	l.checkLifetimes(at, k.DefaultLifetime, k.MaxLifetime, year)
	l.between(at+".max_per_owner", k.MaxPerOwner, 1, maxQuota)
	l.between(at+".max_body", k.MaxBody, 1024, maxMaxBody)
	l.checkWorkspaceSecrets(k)
	if path := k.RPCPath; !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") || strings.ContainsAny(path, "{}*?#%") {
		l.fault(at+".rpc_path", "must be a plain path such as /_accounts")
	}
	if k.RPCListen != "" {
		l.listenAddress(at+".rpc_listen", k.RPCListen)
	}
	l.filled(at+".delete_names", k.DeleteNames)
	for i, name := range k.DeleteNames {
		if strings.TrimSpace(name) == "" {
			l.fault(indexed(at+".delete_names", i), "must be the name of an event or operation")
		}
	}
}

// checkWorkspaceSecrets: an empty list is a fault, because nobody can tell
// whether a secret was forgotten; nothing is made in the place of one.
func (l *loader) checkWorkspaceSecrets(k WorkspaceKind) {
	const at = "kinds.workspace.secrets"
	if k.Secrets != nil && len(k.Secrets) == 0 {
		l.fault(at, "the list is empty; name a secret, or leave it out for one that the server makes")
	}
	for i, one := range k.Secrets {
		if one.Secret().IsZero() {
			l.fault(indexed(at, i), "names no secret; give secret_file or secret_env")
		}
	}
	if k.TrustHostTokens && len(k.Secrets) == 0 {
		l.fault("kinds.workspace.trust_host_tokens", "needs %s: nobody else knows the secret that the server makes", at)
	}
}

// weakness says why a secret can be guessed, or "". Those that are too short
// are told apart from it.
func weakness(secret string) string {
	lower := strings.ToLower(secret)
	for _, word := range []string{
		"secret", "changeme", "change-me", "change_me", "password", "passw0rd", "admin", "default", "example",
		"test", "token", "key", "jwt", "workspace", "supersecret", "your-256-bit-secret",
		"a-string-secret-at-least-256-bits-long", "0123456789", "abcdefghijklmnopqrstuvwxyz", "1234567890", "qwertyuiop",
	} {
		if repeats(lower, word) {
			return "is a word that everybody tries, or one repeated"
		}
	}
	if len(secret) > 0 && strings.Count(secret, secret[:1]) == len(secret) {
		return "is one byte repeated"
	}
	return ""
}

// repeats reports whether s is nothing but a word over and over, the last time
// perhaps cut off.
func repeats(s, word string) bool {
	return s != "" && strings.HasPrefix(strings.Repeat(word, len(s)/len(word)+1), s) && len(s) >= len(word)
}
