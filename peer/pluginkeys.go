package peer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// pluginKeySigns is how long one key of a plugin signs.
	pluginKeySigns = time.Hour
	// pluginKeyShown is how long its public part is offered: until everything
	// that it signed has ended, and an hour for clocks and caches.
	pluginKeyShown = pluginKeySigns + Lifetime + time.Hour
)

// pluginKeys are the keys of one plugin. The zero value has none yet.
type pluginKeys struct {
	mu   sync.Mutex
	list []pluginKey // newest first
}

type pluginKey struct {
	signer jwt.Signer
	made   time.Time
}

// signer gives the key that signs now, and makes it when it is time. A clock
// that was set back makes a new one too: the former would sign for too long.
func (k *pluginKeys) signer(now time.Time) (jwt.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.list) > 0 {
		if age := now.Sub(k.list[0].made); age >= 0 && age < pluginKeySigns {
			return k.list[0].signer, nil
		}
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return jwt.Signer{}, token.Unavailable(err)
	}
	signer, err := jwt.NewES256Signer(token.NewID(), private)
	if err != nil {
		return jwt.Signer{}, err
	}
	k.list = append([]pluginKey{{signer, now}}, k.shown(now)...)
	return signer, nil
}

// public gives the keys that may have signed what is still good.
func (k *pluginKeys) public(now time.Time) []jwt.Key {
	k.mu.Lock()
	defer k.mu.Unlock()
	var keys []jwt.Key
	for _, one := range k.shown(now) {
		keys = append(keys, one.signer.Key())
	}
	return keys
}

// shown gives the keys that are still offered. The caller holds the lock.
func (k *pluginKeys) shown(now time.Time) []pluginKey {
	var shown []pluginKey
	for _, one := range k.list {
		if now.Sub(one.made) < pluginKeyShown {
			shown = append(shown, one)
		}
	}
	return shown
}
