package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

const (
	maxSecretSize = 64 << 10 // bytes
	minKeySize    = 32       // bytes of a key; fewer can be guessed (row A-14)
)

// SecretRef says where a secret is kept: in a file or in an environment
// variable. The zero SecretRef refers to none.
type SecretRef struct {
	File string
	Env  string
}

// IsZero reports whether the reference names nothing.
func (r SecretRef) IsZero() bool { return r == SecretRef{} }

// Read gives the secret, without the line break at its end; env looks up a
// variable as os.LookupEnv does. A secret that is referred to must be there:
// a file that is missing, empty, a folder, a dangling link, larger than
// 64 KiB or open to others than its owner is an error (row K-16), as is a
// variable that is not set or empty. The error means token.ErrInvalid and
// names the file or variable, never what is in it. The zero SecretRef gives
// the zero Secret.
func (r SecretRef) Read(env func(string) (string, bool)) (token.Secret, error) {
	var raw, from string
	switch {
	case r.IsZero():
		return token.Secret{}, nil
	case r.File != "" && r.Env != "":
		return token.Secret{}, token.Invalid("names a file and a variable; keep one")
	case r.File != "":
		from = "file " + r.File
		content, problem := readSecretFile(r.File)
		if problem != "" {
			return token.Secret{}, token.Invalid(from + " " + problem)
		}
		raw = content
	default:
		from = "variable " + r.Env
		value, ok := env(r.Env)
		if !ok {
			return token.Secret{}, token.Invalid(from + " is not set")
		}
		raw = value
	}
	raw = strings.TrimRight(raw, "\r\n")
	if strings.TrimSpace(raw) == "" {
		return token.Secret{}, token.Invalid(from + " is empty; put the secret into it")
	}
	return token.NewSecret(raw), nil
}

func readSecretFile(path string) (content, problem string) {
	file, err := os.Open(path)
	if err != nil {
		return "", "cannot be read: " + plainError(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	switch {
	case err != nil:
		return "", "cannot be read: " + plainError(err)
	case info.IsDir():
		return "", "is a folder"
	case openToOthers(info.Mode()):
		return "", "can be used by others than its owner; chmod 600 it"
	}
	data, err := io.ReadAll(io.LimitReader(file, maxSecretSize+1))
	switch {
	case err != nil:
		return "", "cannot be read: " + plainError(err)
	case len(data) > maxSecretSize:
		return "", "is larger than 64 KiB; this cannot be a secret"
	}
	return string(data), ""
}

func openToOthers(mode fs.FileMode) bool {
	return runtime.GOOS != "windows" && mode.IsRegular() && mode.Perm()&0o077 != 0
}

// namedSecret is a reference together with the key that made it.
type namedSecret struct {
	key string
	ref SecretRef
	min int // bytes
	// strong refuses what everybody tries.
	strong bool
}

// secretRefs lists every reference of the configuration. The key is the stem
// of the two keys that can make it: "secrets.key" of key_file and key_env.
func (c *Config) secretRefs() []namedSecret {
	all := []namedSecret{
		{key: "secrets.key", ref: c.Secrets.Key(), min: minKeySize},
		{key: "secrets.pepper", ref: c.Secrets.Pepper(), min: minKeySize},
	}
	if c.SignIn.OIDC != nil {
		all = append(all, namedSecret{key: "sign_in.oidc.client_secret", ref: c.SignIn.OIDC.ClientSecret()})
	}
	for i, one := range c.Kinds.Workspace.Secrets {
		all = append(all, namedSecret{
			key: indexed("kinds.workspace.secrets", i) + ".secret", ref: one.Secret(), min: minKeySize, strong: true,
		})
	}
	for i, one := range c.Imported {
		all = append(all, namedSecret{key: indexed("imported", i) + ".hmac_key", ref: one.HMACKey()})
	}
	for i, key := range c.Peer.Keys {
		all = append(all, namedSecret{key: indexed("peer.keys", i) + ".secret", ref: key.Secret()})
	}
	for i, one := range c.Peer.External {
		all = append(all, namedSecret{key: indexed("peer.external", i) + ".options.token", ref: one.Options.Token()})
	}
	return all
}

// key gives the key of the file or variable that is named.
func (n namedSecret) field() string {
	if n.ref.Env != "" {
		return n.key + "_env"
	}
	return n.key + "_file"
}

// CheckSecrets reads every secret the configuration refers to and reports all
// faults at once, as [Faults]. Serving must not begin before it gives nil.
func (c *Config) CheckSecrets() error {
	found := findings{places: c.places, faulty: map[string]bool{}}
	for _, one := range c.secretRefs() {
		secret, err := one.ref.Read(c.env)
		var shown *token.Error
		switch {
		case errors.As(err, &shown):
			found.fault(one.field(), "%s", shown.Error())
		case !one.ref.IsZero() && len(secret.Reveal()) < one.min:
			found.fault(one.field(), "the key has fewer than %d bytes, which can be guessed; make one with: openssl rand -base64 32", one.min)
		case one.strong && weakness(secret.Reveal()) != "":
			found.fault(one.field(), "%s; make one with: openssl rand -base64 32", weakness(secret.Reveal()))
		}
	}
	c.checkPeers(&found)
	return found.err()
}
