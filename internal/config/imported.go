package config

import (
	"fmt"

	"github.com/tokenwright/tokenwright/token"
)

// ImportedForm says how tokens that were imported from another system are
// written. Without it they are refused before they are looked up.
type ImportedForm struct {
	Kind   string `yaml:"kind"`   // service or user
	Prefix string `yaml:"prefix"` // stands in front, followed by an underscore
	// Length is how many characters follow the underscore.
	Length   int    `yaml:"length"`
	Alphabet string `yaml:"alphabet"` // base64url, base62, hex or letters
	// HMACKeyFile or HMACKeyEnv hold the key of the digests, where they are
	// HMAC-SHA-256. Default none: they are SHA-256.
	HMACKeyFile string `yaml:"hmac_key_file"`
	HMACKeyEnv  string `yaml:"hmac_key_env"`
}

// HMACKey gives the reference to the key; it may be zero.
func (f ImportedForm) HMACKey() SecretRef { return SecretRef{f.HMACKeyFile, f.HMACKeyEnv} }

// ImportedForms reads the keys and gives the forms as token.Formats takes them.
func (c *Config) ImportedForms() ([]token.ImportedForm, error) {
	forms := make([]token.ImportedForm, len(c.Imported))
	for i, one := range c.Imported {
		forms[i] = one.form()
		if one.HMACKey().IsZero() {
			continue
		}
		var err error
		if forms[i].Key, err = one.HMACKey().Read(c.env); err != nil {
			return nil, fmt.Errorf("%s: %w", indexed("imported", i), err)
		}
	}
	return forms, nil
}

func (f ImportedForm) form() token.ImportedForm {
	return token.ImportedForm{
		Kind: token.Kind(f.Kind), Prefix: f.Prefix, Length: f.Length, Alphabet: token.Alphabet(f.Alphabet),
	}
}

// checkImported: each form by itself, then beside those before it and beside
// the tokens that are issued here, with which it may share a prefix.
func (l *loader) checkImported() {
	known, err := token.NewFormats(l.cfg.Kinds.Prefixes(), l.cfg.Kinds.FormerPrefixes()...)
	if err != nil {
		return // checkPrefixes has said so
	}
	if l.cfg.Imported != nil && len(l.cfg.Imported) == 0 {
		l.fault("imported", "the list is empty; name a form or leave it out")
	}
	for i, one := range l.cfg.Imported {
		next, err := known.WithImported(one.form())
		if err != nil {
			l.fault(indexed("imported", i), "%s", token.Message(err))
			continue
		}
		known = next
	}
}
