package console_test

import (
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// usedDaily gives what uses a token as a nightly job does, from a few addresses:
// some days more, some not at all, and now and then for more than it may.
func usedDaily(t *testing.T, tw *tokentest.Server, of token.Issued) func() {
	t.Helper()
	day := 0
	from := []string{"203.0.113.7", "203.0.113.8", "2001:db8:7::41"}
	return func() {
		day++
		for i := range day * 5 % 13 {
			use(t, tw, of.Secret, "catalog:read", from[i%len(from)])
		}
		if day%6 == 0 {
			use(t, tw, of.Secret, "catalog:write", from[0])
		}
		tw.WriteUsage()
	}
}

// movedHalfway is a token whose secret was rotated a few hours ago, and of which
// something still uses the former one.
func movedHalfway(t *testing.T, tw *tokentest.Server, of token.Issued, clock *tokentest.Clock) token.Issued {
	t.Helper()
	for range 4 {
		use(t, tw, of.Secret, "catalog:read", "203.0.113.20")
	}
	clock.Advance(time.Minute)
	present := tw.Rotate(of, 24*time.Hour)
	clock.Advance(10 * time.Minute)
	for range 3 {
		use(t, tw, of.Secret, "catalog:read", "203.0.113.20")
		use(t, tw, present.Secret, "catalog:read", "203.0.113.21")
	}
	tw.WriteUsage()
	return present
}
