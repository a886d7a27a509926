package peer_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// start is the clock of the recorded tokens: 2026-01-01T00:00:00Z.
var start = time.Unix(1767225600, 0)

// ours and theirs are secrets of 32 bytes.
const (
	ours   = "b3VyIG93biBzZWNyZXQgd2l0aCAzMiBieXRlcyBpbiBpdCE="
	theirs = "dGhlaXIgb3duIHNlY3JldCB3aXRoIDMyIGJ5dGVzICEhISE="
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: start} }

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func (c *clock) add(d time.Duration) { c.set(c.read().Add(d)) }

// key is a key of 32 bytes.
func key(name, secret string) peer.Key {
	return peer.Key{Caller: peer.Caller{Name: name}, Secret: token.NewSecret(secret)}
}

// short is a key that may have fewer bytes.
func short(name, secret string) peer.Key {
	k := key(name, secret)
	k.AllowShort = true
	return k
}

func manager(t *testing.T, opts peer.Options) *peer.TokenManager {
	t.Helper()
	if opts.Clock == nil {
		opts.Clock = newClock().read
	}
	m, err := peer.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mac signs a header and a payload with the standard library alone, so that
// what is verified was not made by the package under test.
func mac(secret, header, payload string) string {
	raw, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		panic(err)
	}
	return macBytes(raw, header, payload)
}

func macBytes(secret []byte, header, payload string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// vectors reads a recorded file, which stands beside the module where the
// product is made.
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, "..", "shared", "vectors", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("shared/vectors/%s not found: recorded answers not replayed", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
