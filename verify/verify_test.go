package verify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

func TestJunkIsRefusedWithoutALookUp(t *testing.T) {
	w := newWorld(t)
	good, _ := w.issue()
	w.want("good", good, nil)
	for name, raw := range map[string]string{
		"nothing":          "",
		"no prefix":        "0123456789",
		"another prefix":   "ghp_" + good[5:],
		"a prefix alone":   "bsat_",
		"a bad checksum":   good[:53] + string('0'+(good[53]+1)%10),
		"cut":              good[:53],
		"longer":           good + "0",
		"a space":          good + " ",
		"very long":        "bsat_" + strings.Repeat("a", 1<<20),
		"very long, other": strings.Repeat("a", 1<<20),
		"a JWT":            "eyJhbGciOiJub25lIn0.e30.",
		"many dots":        strings.Repeat(".", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if err := w.verify(raw); !errors.Is(err, token.ErrUnauthenticated) {
				t.Errorf("%v", err)
			}
		})
	}
	w.wantReads("after all of them", 1)
}

// TestOrderOfChecks has one token that is wrong in every way, and mends one
// after the other.
func TestOrderOfChecks(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue(func(t *token.Token) {
		t.RevokedAt, t.DisabledAt, t.SecretEndsAt = start, start, start
		t.ExpiresAt = start
	})
	want := verify.Expect{Kinds: []token.Kind{token.KindUser}, Scopes: token.Scopes{"admin"}}
	for _, step := range []struct {
		reason error
		mend   func(*token.Token)
	}{
		{token.ErrRevoked, func(t *token.Token) { t.RevokedAt = time.Time{} }},
		{token.ErrExpired, func(t *token.Token) { t.ExpiresAt = start.Add(time.Hour) }},
		{token.ErrDisabled, func(t *token.Token) { t.DisabledAt = time.Time{} }},
		{token.ErrRotated, func(t *token.Token) { t.SecretEndsAt = time.Time{} }},
		{token.ErrWrongKind, func(t *token.Token) { t.Kind = token.KindUser }},
		{token.ErrScope, func(t *token.Token) { t.Scopes = token.Scopes{"admin"} }},
	} {
		if _, err := w.v.Verify(t.Context(), raw, want); !errors.Is(err, step.reason) {
			t.Errorf("%v, want %v", err, step.reason)
		}
		w.v.Apply(token.Change{TokenID: w.source.change(raw, step.mend).ID})
	}
	if _, err := w.v.Verify(t.Context(), raw, want); err != nil {
		t.Errorf("all mended: %v", err)
	}
}

// TestTheDecisionIsNeverCached is row C-01: what one demand let through says
// nothing about the next.
func TestTheDecisionIsNeverCached(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue(func(t *token.Token) { t.Scopes = token.Scopes{"a:read", "b:*"} })
	for range 3 { // first from the source, then from the cache
		for _, tc := range []struct {
			name string
			want verify.Expect
			err  error
		}{
			{"nothing", verify.Expect{}, nil},
			{"a scope it has", verify.Expect{Scopes: token.Scopes{"a:read"}}, nil},
			{"a scope it lacks", verify.Expect{Scopes: token.Scopes{"a:write"}}, token.ErrScope},
			{"one it has and one it lacks", verify.Expect{Scopes: token.Scopes{"a:read", "a:write"}}, token.ErrScope},
			{"one of two", verify.Expect{AnyScope: token.Scopes{"a:write", "a:read"}}, nil},
			{"one of two it lacks", verify.Expect{AnyScope: token.Scopes{"a:write", "c"}}, token.ErrScope},
			{"all of these and one of those", verify.Expect{Scopes: token.Scopes{"a:read"}, AnyScope: token.Scopes{"c"}}, token.ErrScope},
			{"what a wildcard covers", verify.Expect{Scopes: token.Scopes{"b:write"}, AnyScope: token.Scopes{"b:x"}}, nil},
			{"a wildcard it lacks", verify.Expect{Scopes: token.Scopes{"a:*"}}, token.ErrScope},
			{"its kind", verify.Expect{Kinds: []token.Kind{token.KindUser, token.KindService}}, nil},
			{"another kind", verify.Expect{Kinds: []token.Kind{token.KindUser}}, token.ErrWrongKind},
			{"an audience, which opaque tokens have none of", verify.Expect{Audience: "x"}, nil},
		} {
			if _, err := w.v.Verify(t.Context(), raw, tc.want); !errors.Is(err, tc.err) {
				t.Errorf("%s: %v, want %v", tc.name, err, tc.err)
			}
		}
	}
	w.wantReads("all from one record", 1)
}

func TestAMissingScopeIsNamed(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue(func(t *token.Token) { t.Scopes = token.Scopes{"a"} })
	_, err := w.v.Verify(t.Context(), raw, verify.Expect{Scopes: token.Scopes{"a", "b", "c"}})
	var scope *verify.ScopeError
	if !errors.As(err, &scope) || scope.Required.String() != "a b c" || scope.Missing.String() != "b c" {
		t.Errorf("%v", err)
	}
	if !errors.Is(err, token.ErrDenied) || token.ReasonOf(err) != "scope" {
		t.Errorf("meaning of %v", err)
	}
}

// TestExpiryHoldsToTheInstant is row SVC-27: cached or not, and at the source's
// own precision.
func TestExpiryHoldsToTheInstant(t *testing.T) {
	for _, tc := range []struct {
		name   string
		set    func(*token.Token)
		reason error
	}{
		{"expiry", func(t *token.Token) { t.ExpiresAt = start.Add(10 * time.Second) }, token.ErrExpired},
		{"end of the overlap", func(t *token.Token) { t.SecretEndsAt = start.Add(10 * time.Second) }, token.ErrRotated},
		{"both at once", func(t *token.Token) {
			t.ExpiresAt, t.SecretEndsAt = start.Add(10*time.Second), start.Add(20*time.Second)
		}, token.ErrExpired},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, func(o *verify.Options) { o.Lease = time.Hour })
			raw, _ := w.issue(tc.set)
			w.want("at first", raw, nil)
			w.clock.move(10*time.Second - 2*time.Millisecond)
			w.want("two milliseconds before", raw, nil)
			w.wantReads("from the cache", 1)
			w.clock.move(2*time.Millisecond - time.Microsecond)
			w.want("a microsecond before", raw, nil)
			w.clock.move(time.Microsecond)
			for range 3 {
				w.want("at the instant", raw, tc.reason)
			}
			w.clock.move(time.Hour)
			w.want("later", raw, tc.reason)
		})
	}
}

func TestARecordWithoutASubjectIsWorthless(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue(func(t *token.Token) { t.Subject = "" })
	for range 2 {
		w.want("no subject", raw, token.ErrUnknown)
	}
}

// TestAnotherSecretOfOneTokenIsAnotherCredential: a rotation leaves two digests
// of one token, each with its own end.
func TestRotatedSecrets(t *testing.T) {
	w := newWorld(t, func(o *verify.Options) { o.Lease = time.Hour })
	former, record := w.issue()
	w.want("before the rotation", former, nil)
	rotated := generate(t, token.KindService)
	w.source.put(rotated, record)
	w.source.change(former, func(t *token.Token) { t.SecretEndsAt = start.Add(time.Minute) })
	w.v.Apply(token.Change{TokenID: record.ID})
	w.want("the former within the overlap", former, nil)
	w.want("the new one", rotated, nil)
	w.clock.move(time.Minute)
	w.want("the former behind the overlap", former, token.ErrRotated)
	w.want("the new one", rotated, nil)

	w.source.change(former, func(t *token.Token) { t.RevokedAt = w.clock.now() })
	w.source.change(rotated, func(t *token.Token) { t.RevokedAt = w.clock.now() })
	w.v.Apply(token.Change{TokenID: record.ID})
	w.want("revoked: the former", former, token.ErrRevoked)
	w.want("revoked: the new one", rotated, token.ErrRevoked)
}

func TestInspectFindsARecordThatIsNotGood(t *testing.T) {
	w := newWorld(t)
	raw, record := w.issue(func(t *token.Token) { t.RevokedAt, t.Description = start, "for people" })
	v, found, err := w.v.Inspect(t.Context(), raw)
	if v != nil || !errors.Is(err, token.ErrRevoked) || found.ID != record.ID || found.Description != "for people" {
		t.Errorf("%v, %v, %v", v, found, err)
	}
	w.source.change(raw, func(t *token.Token) { t.RevokedAt = time.Time{} })
	v, found, err = w.v.Inspect(t.Context(), raw)
	if err != nil || found.ID != record.ID || v.TokenID() != record.ID || v.Subject() != record.Subject {
		t.Errorf("%v, %v, %v", v, found, err)
	}
	for what, tc := range map[string]struct {
		raw    string
		reason error
	}{
		"junk": {"bsat_x", token.ErrMalformed}, "unknown": {generate(t, token.KindService), token.ErrUnknown},
		"not mine": {"x", token.ErrUnknown},
	} {
		if v, found, err := w.v.Inspect(t.Context(), tc.raw); v != nil || found.ID != "" || !errors.Is(err, tc.reason) {
			t.Errorf("%s: %v, %v, %v", what, v, found, err)
		}
	}
}

func TestUsesAreTold(t *testing.T) {
	told := map[string][]time.Time{}
	w := newWorld(t, func(o *verify.Options) {
		o.Lease = time.Hour
		o.Used = func(id string, at time.Time) { told[id] = append(told[id], at) }
	})
	raw, record := w.issue(func(t *token.Token) { t.Scopes = token.Scopes{"a"} })
	bad, badRecord := w.issue(func(t *token.Token) { t.RevokedAt = start })
	for range 100 {
		w.want("good", raw, nil)
		w.want("revoked", bad, token.ErrRevoked)
		if _, err := w.v.Verify(t.Context(), raw, verify.Expect{Scopes: token.Scopes{"b"}}); !errors.Is(err, token.ErrScope) {
			t.Fatal(err)
		}
	}
	if got := told[record.ID]; len(got) != 1 || !got[0].Equal(start) {
		t.Errorf("a hundred uses in one instant were told as %v", got)
	}
	for range 120 { // two minutes
		w.clock.move(time.Second)
		w.want("good", raw, nil)
	}
	all := told[record.ID]
	if len(all) < 8 || len(all) > 16 {
		t.Errorf("two minutes of use were told %d times", len(all))
	}
	if late := w.clock.now().Sub(all[len(all)-1]); late > 15*time.Second {
		t.Errorf("the last use was told %v late", late)
	}
	if len(told[badRecord.ID]) != 0 {
		t.Error("a refused token was told as used")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := verify.Options{Formats: formats(t), Source: &memorySource{}}
	for name, change := range map[string]func(*verify.Options){
		"no source":        func(o *verify.Options) { o.Source = nil },
		"a negative lease": func(o *verify.Options) { o.Lease = -1 },
		"too long a lease": func(o *verify.Options) { o.Lease = verify.MaxLease + 1 },
		"a negative age":   func(o *verify.Options) { o.CacheTTL = -1 },
		"a negative size":  func(o *verify.Options) { o.CacheEntries = -1 },
		"half an issuer":   func(o *verify.Options) { o.Issuers = []verify.Issuer{{Issuer: "x"}} },
		"an issuer, twice": func(o *verify.Options) { o.Issuers = []verify.Issuer{ourIssuer(t).Issuer, ourIssuer(t).Issuer} },
		"too much leeway": func(o *verify.Options) {
			i := ourIssuer(t).Issuer
			i.Leeway = time.Hour
			o.Issuers = []verify.Issuer{i}
		},
		"no lifetime limit": func(o *verify.Options) { i := ourIssuer(t).Issuer; i.MaxLifetime = 0; o.Issuers = []verify.Issuer{i} },
	} {
		options := good
		change(&options)
		if v, err := verify.New(options); err == nil || v != nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := verify.New(good); err != nil {
		t.Error(err)
	}
}
