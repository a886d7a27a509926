package verify_test

import (
	"context"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// Tokens of these tests end on another node, whose log this verifier has not
// heard. It may take them as good a little longer (C-04), but not any more once it
// has itself said that they are not.

// held holds the first look-up open after its record was read. The end of the
// look-up is waited for by release.
func (w *world) held(verify func() error) (release func() error) {
	w.Helper()
	reached, goOn, answer := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	first := true
	w.source.after = func(context.Context) {
		if first {
			first = false
			close(reached)
			<-goOn
		}
	}
	go func() { answer <- verify() }()
	<-reached
	return func() error {
		close(goOn)
		return <-answer
	}
}

func TestALookUpFromBeforeARefusalIsNotRemembered(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue()
	release := w.held(func() error { return w.verify(raw) })
	w.source.change(raw, func(t *token.Token) { t.RevokedAt = start })
	w.v.Apply(token.Change{TokenID: "of another"}) // so that it shares no look-up
	w.want("the later look-up", raw, token.ErrRevoked)
	if err := release(); err != nil {
		t.Errorf("who asked before the revocation: %v", err)
	}
	w.want("after both", raw, token.ErrRevoked)
}

func TestARefusalPastTheLeaseOutlastsIt(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*token.Token)
		reason error
	}{
		{"revoked", func(t *token.Token) { t.RevokedAt = start }, token.ErrRevoked},
		{"disabled", func(t *token.Token) { t.DisabledAt = start }, token.ErrDisabled},
		{"shortened", func(t *token.Token) { t.ExpiresAt = start }, token.ErrExpired},
		{"its overlap cut", func(t *token.Token) { t.SecretEndsAt = start }, token.ErrRotated},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			raw, _ := w.issue()
			w.want("first", raw, nil)
			w.clock.move(verify.DefaultLease)
			w.source.change(raw, tc.change)
			w.want("past the lease", raw, tc.reason)
			w.hear()
			w.want("when the log was heard again, up to before the end", raw, tc.reason)
		})
	}
}

func TestARefusalOfOneSecretIsOneOfTheOther(t *testing.T) {
	w := newWorld(t)
	latest, record := w.issue()
	former := generate(w, token.KindService)
	record.SecretEndsAt = start.Add(time.Hour)
	w.source.put(former, record)
	w.want("the new secret", latest, nil)
	for _, raw := range []string{latest, former} {
		w.source.change(raw, func(t *token.Token) { t.RevokedAt = start })
	}
	w.want("the former secret, first seen after the end", former, token.ErrRevoked)
	w.want("the new secret, remembered", latest, token.ErrRevoked)
}

func TestATokenThatEndsTwiceIsRefusedTwice(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue()
	w.clock.move(time.Second)
	for range 2 {
		w.hear()
		w.want("good", raw, nil)
		w.clock.move(verify.DefaultLease)
		w.source.change(raw, func(t *token.Token) { t.DisabledAt = w.clock.now() })
		w.want("disabled", raw, token.ErrDisabled)
		w.hear()
		w.want("remembered as disabled", raw, token.ErrDisabled)
		w.source.change(raw, func(t *token.Token) { t.DisabledAt = time.Time{} })
		w.clock.move(2 * time.Second) // refusals are remembered for one
	}
}

// TestADeadTokenCostsTheOthersNothing presents a token over and over that has
// ended: what is cached stays.
func TestADeadTokenCostsTheOthersNothing(t *testing.T) {
	w := newWorld(t)
	dead, _ := w.issue(func(t *token.Token) { t.RevokedAt = start })
	w.want("dead", dead, token.ErrRevoked)
	raw, _ := w.issue()
	w.want("good", raw, nil)
	unknown := generate(w, token.KindService)
	w.want("unknown", unknown, token.ErrUnknown)
	for range 5 {
		w.want("dead, again", dead, token.ErrRevoked)
		w.want("unknown, remembered", unknown, token.ErrUnknown)
		w.want("good, cached", raw, nil)
	}
	w.wantReads("one for each", 3)
}

// sessions has the records that JWTs came out of.
type sessions struct{ records map[string]token.Token }

func (s *sessions) FindToken(_ context.Context, id string) (token.Token, error) {
	if t, ok := s.records[id]; ok {
		return t, nil
	}
	return token.Token{}, token.ErrNotFound
}

func (s *sessions) IsRevoked(_ context.Context, jti string) (bool, error) {
	_, revoked := s.records["revoked "+jti]
	return revoked, nil
}

func TestARefusedJWTStaysRefused(t *testing.T) {
	const session = "0190a0b0-0000-7000-8000-000000000001"
	for _, tc := range []struct {
		name string
		end  func(*sessions)
	}{
		{"by what it came out of", func(s *sessions) {
			s.records[session] = token.Token{ID: session, RevokedAt: start}
		}},
		{"by itself", func(s *sessions) { s.records["revoked j-1"] = token.Token{} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ours, known := ourIssuer(t), &sessions{map[string]token.Token{}}
			known.records[session] = token.Token{
				ID: session, Kind: token.KindPersonal, Subject: "user:default/alice", ExpiresAt: start.Add(time.Hour),
			}
			ours.Issuer.Records = known
			w := newWorld(t, withIssuers(ours))
			raw := ours.sign(t, nil)
			w.want("first", raw, nil)
			w.clock.move(verify.DefaultLease)
			tc.end(known)
			if err := w.verify(raw); err == nil {
				t.Fatal("accepted past the lease")
			}
			w.hear()
			if err := w.verify(raw); err == nil {
				t.Error("accepted again, when the log was heard up to before the end")
			}
		})
	}
}
