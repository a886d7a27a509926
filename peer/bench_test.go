package peer_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/peer"
)

// What one call costs the two sides: a token that is handed out again, and one
// that is verified by the last of three keys.
func BenchmarkGetToken(b *testing.B) {
	m, err := peer.New(peer.Options{Keys: []peer.Key{key("a", ours)}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.GetToken(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	m, err := peer.New(peer.Options{Keys: []peer.Key{
		key("a", peer.GenerateSecret().Reveal()), key("b", theirs), key("c", ours),
	}})
	if err != nil {
		b.Fatal(err)
	}
	raw := mac(ours, header, `{"sub":"backstage-server","exp":`+strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)+`}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Authenticate(b.Context(), raw); err != nil {
			b.Fatal(err)
		}
	}
}
