package proof_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// TestMutants changes good tokens a little and presents them (rows B-02 and
// B-05, figure F2). Only a string that was issued may be accepted. One mutant in
// a hundred gets a checksum that fits, so that it reaches the look-up by digest:
// the checksum is no security check.
func TestMutants(t *testing.T) {
	t.Parallel()
	s := tokentest.Start(t)
	m := &mutator{good: map[string]bool{}}
	for i := range 64 {
		issued := s.Issue(platform, fmt.Sprintf("good-%d", i), held)
		m.raws = append(m.raws, issued.Secret.Reveal())
		m.good[issued.Secret.Reveal()] = true
	}
	m.raws = append(m.raws, s.UserToken("user:default/alice"))
	m.good[m.raws[len(m.raws)-1]] = true
	m.checkEveryLength(t, s)

	const goroutines = 4
	chance := dice(t)
	var accepted, refused atomic.Int64
	var work sync.WaitGroup
	for range goroutines {
		own := rand.New(rand.NewPCG(chance.Uint64(), chance.Uint64()))
		work.Go(func() {
			for range amount(1_000_000, 10_000_000) / goroutines {
				mutant := m.mutate(own)
				if ok := m.judge(t, s, mutant); ok {
					accepted.Add(1)
				} else {
					refused.Add(1)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
	work.Wait()
	t.Logf("%d mutants refused; %d were the identical string, and accepted", refused.Load(), accepted.Load())
}

// mutator makes mutants of good tokens.
type mutator struct {
	raws []string
	good map[string]bool
}

// judge presents a string and reports whether it was accepted.
func (m *mutator) judge(t *testing.T, s *tokentest.Server, presented string) bool {
	_, err := s.Verifier().Verify(t.Context(), presented, verify.Expect{})
	switch {
	case err == nil && !m.good[presented]:
		t.Errorf("accepted, and never issued: %q", presented)
	case errors.Is(err, token.ErrUnavailable): // says nothing
	case err != nil && m.good[presented]:
		t.Errorf("issued and refused: %v", err)
	case err != nil && !errors.Is(err, token.ErrUnauthenticated):
		t.Errorf("%q gives %v", presented, err)
	}
	return err == nil
}

// checkEveryLength presents every beginning and every end of each token, and
// each token with something more.
func (m *mutator) checkEveryLength(t *testing.T, s *tokentest.Server) {
	t.Helper()
	for _, raw := range m.raws {
		for n := range len(raw) + 1 {
			m.judge(t, s, raw[:n])
			m.judge(t, s, raw[n:])
		}
		for _, more := range []string{" ", "\n", "\x00", "=", "a", "0", ".", raw, strings.Repeat("A", 10_000)} {
			m.judge(t, s, raw+more)
			m.judge(t, s, more+raw)
		}
	}
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// mutate makes a mutant, which now and then is what it was made of.
func (m *mutator) mutate(chance *rand.Rand) string {
	raw := []byte(m.raws[chance.IntN(len(m.raws))])
	for range 1 + chance.IntN(3) {
		raw = m.change(chance, raw)
	}
	if chance.IntN(100) == 0 && len(raw) > token.ChecksumLength {
		raw = token.AppendChecksum(raw[:len(raw)-token.ChecksumLength])
	}
	return string(raw)
}

// change does one thing to a token.
func (m *mutator) change(chance *rand.Rand, raw []byte) []byte {
	at := chance.IntN(len(raw))
	switch chance.IntN(12) {
	case 0: // one bit
		raw[at] ^= 1 << chance.IntN(8)
	case 1: // another character of the alphabet
		raw[at] = base62[chance.IntN(len(base62))]
	case 2: // any byte
		raw[at] = byte(chance.IntN(256))
	case 3: // two change places
		other := chance.IntN(len(raw))
		raw[at], raw[other] = raw[other], raw[at]
	case 4: // one is gone
		raw = append(raw[:at:at], raw[at+1:]...)
	case 5: // one is there twice
		raw = append(raw[:at+1:at+1], raw[at:]...)
	case 6: // the other case
		if c := raw[at] | 0x20; c >= 'a' && c <= 'z' {
			raw[at] ^= 0x20
		}
	case 7: // something between
		more := []string{" ", "\t", "\r\n", "\x00", "%20", "=", "\u200b", "_", ".", "\xff"}[chance.IntN(10)]
		raw = append(raw[:at:at], append([]byte(more), raw[at:]...)...)
	case 8: // the head of one, the tail of another
		other := m.raws[chance.IntN(len(m.raws))]
		raw = append(raw[:at:at], other[min(at, len(other)):]...)
	case 9: // another kind
		_, rest, _ := strings.Cut(string(raw), "_")
		raw = []byte([]string{"bsat", "pv_live", "BSAT", "bsa", "bsatt", ""}[chance.IntN(6)] + "_" + rest)
	case 10: // escaped
		raw = append(raw[:at:at], append(fmt.Appendf(nil, "%%%02x", raw[at]), raw[at+1:]...)...)
	case 11: // a random body
		for i := len("bsat_"); i < len(raw)-token.ChecksumLength; i++ {
			raw[i] = base62[chance.IntN(len(base62))]
		}
	}
	if len(raw) == 0 {
		return []byte{0}
	}
	return raw
}
