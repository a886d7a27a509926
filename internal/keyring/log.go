package keyring

import (
	"crypto/ed25519"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/token"
)

// LogSigner gives the signer of checkpoints, or token.ErrUnavailable when there
// is none. Ask for it anew for each checkpoint.
//
// origin is the name of the log, canonically its URL without the scheme, such
// as "tokens.example.com/log". It must have neither spaces nor a plus sign. The
// signature is the Ed25519 one of the C2SP note format, so that anybody's
// tools verify it.
func (k *Keyring) LogSigner(origin string) (note.Signer, error) {
	return k.logSigner(origin, k.current.Load())
}

// LogSignerAmong is LogSigner with the keys of an installation as the caller
// has just read them, instead of as this node remembers them. A transaction
// that writes a signed head needs it: with what is remembered it would sign
// with a key that another node removed a moment ago.
func (k *Keyring) LogSignerAmong(origin string, records []token.KeyRecord) (note.Signer, error) {
	records = slices.DeleteFunc(slices.Clone(records), func(r token.KeyRecord) bool { return r.Use != token.KeyUseLog })
	return k.logSigner(origin, read(records, k.kek, k.maxLifetime+slack, k.instant()))
}

func (k *Keyring) logSigner(origin string, keys *snapshot) (note.Signer, error) {
	key, ok := keys.signer(token.KeyUseLog, k.instant())
	if !ok {
		return nil, noKey(token.KeyUseLog)
	}
	verifier, _, err := noteVerifier(origin, key.log)
	if err != nil {
		return nil, err
	}
	sign := func(msg []byte) []byte { return ed25519.Sign(key.log, msg) }
	return noteSigner{verifier.Name(), verifier.KeyHash(), sign}, nil
}

// LogVerifiers gives the verifiers of all checkpoints that count: those by
// retired keys too, since checkpoints do not expire, and none by removed keys.
func (k *Keyring) LogVerifiers(origin string) (note.Verifiers, error) {
	var verifiers []note.Verifier
	for _, one := range k.logKeys() {
		verifier, _, err := noteVerifier(origin, one)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, verifier)
	}
	return note.VerifierList(verifiers...), nil
}

// LogVerifierKeys gives the same as texts, "<origin>+<hash>+<base64>", oldest
// first: what witnesses and auditors keep.
func (k *Keyring) LogVerifierKeys(origin string) ([]string, error) {
	var texts []string
	for _, one := range k.logKeys() {
		_, text, err := noteVerifier(origin, one)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func (k *Keyring) logKeys() []ed25519.PrivateKey {
	var keys []ed25519.PrivateKey
	for _, one := range k.current.Load().keys {
		if one.record.Use == token.KeyUseLog {
			keys = append(keys, one.log)
		}
	}
	return keys
}

// noteVerifier makes the verifier of a key and its text.
func noteVerifier(origin string, key ed25519.PrivateKey) (note.Verifier, string, error) {
	public := key.Public().(ed25519.PublicKey) //nolint:errcheck // documented to be one
	text, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, "", fmt.Errorf("keyring: %w", err)
	}
	verifier, err := note.NewVerifier(text)
	if err != nil {
		return nil, "", token.NewError(token.ErrInvalid,
			"the origin of the log must be a name without spaces and plus signs", err)
	}
	return verifier, text, nil
}

// noteSigner implements note.Signer without ever writing the private key as
// text, which note.NewSigner would need. The key stands in a closure, where no
// way of printing the signer shows it.
type noteSigner struct {
	name string
	hash uint32
	sign func(msg []byte) []byte
}

func (s noteSigner) Name() string { return s.name }

func (s noteSigner) KeyHash() uint32 { return s.hash }

func (s noteSigner) Sign(msg []byte) ([]byte, error) { return s.sign(msg), nil }
