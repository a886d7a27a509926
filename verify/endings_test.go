package verify_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/wstoken"
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
		{"revoked by a node whose clock is behind", func(t *token.Token) { t.RevokedAt = start.Add(-time.Minute) }, token.ErrRevoked},
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

// TestTokensThatEndedLongAgoCostTheOthersNothing presents many for the first time:
// nothing that is cached can be older than their end.
func TestTokensThatEndedLongAgoCostTheOthersNothing(t *testing.T) {
	ago := start.Add(-10 * time.Minute)
	for name, end := range map[string]func(*token.Token){
		"revoked":                func(t *token.Token) { t.RevokedAt = ago },
		"disabled":               func(t *token.Token) { t.DisabledAt = ago },
		"expired":                func(t *token.Token) { t.ExpiresAt = ago },
		"replaced":               func(t *token.Token) { t.SecretEndsAt = ago },
		"replaced, then revoked": func(t *token.Token) { t.SecretEndsAt, t.RevokedAt = ago, ago },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if again := w.readAgain(w.dead(1000, end)); again != 0 {
				t.Errorf("%d of 300 cached tokens were read again", again)
			}
		})
	}
}

// TestMoreEndsThanAreRememberedDoNotEmptyTheCache presents more tokens that ended
// just now than there is room for, in turn.
func TestMoreEndsThanAreRememberedDoNotEmptyTheCache(t *testing.T) {
	w := newWorld(t, func(o *verify.Options) { o.CacheEntries = 100_000 })
	dead := w.dead(68_000, func(t *token.Token) { t.RevokedAt = start })
	for _, raw := range dead {
		w.want("first", raw, token.ErrRevoked)
	}
	w.clock.move(2 * time.Second) // refusals are remembered for one
	if again := w.readAgain(dead); again > 200 {
		t.Errorf("%d of 300 cached tokens were read again", again)
	}
}

// dead keeps n tokens that have ended.
func (w *world) dead(n int, end func(*token.Token)) []string {
	w.Helper()
	var dead []string
	for range n {
		raw, _ := w.issue(end)
		dead = append(dead, raw)
	}
	return dead
}

// readAgain gives how many of 300 cached tokens are read again after others were
// presented that have ended.
func (w *world) readAgain(dead []string) int {
	w.Helper()
	var good []string
	for range 300 {
		raw, _ := w.issue()
		good = append(good, raw)
		w.want("good", raw, nil)
	}
	for _, raw := range dead {
		if w.verify(raw) == nil {
			w.Fatal("a token that ended is accepted")
		}
	}
	before := w.source.count()
	for _, raw := range good {
		w.want("good, cached", raw, nil)
	}
	return w.source.count() - before
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
			ours.Records = known
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

// withdrawn is a source of keys whose issuer has withdrawn them.
type withdrawn struct {
	jwt.KeySource
	gone bool
}

func (w *withdrawn) FindKeys(ctx context.Context, kid string) ([]jwt.Key, error) {
	if w.gone {
		return nil, nil
	}
	return w.KeySource.FindKeys(ctx, kid)
}

func TestAJWTWhoseKeyWasWithdrawnStaysRefused(t *testing.T) {
	foreign := newIssuer(t, "https://foreign.example.com", "f1")
	keys := &withdrawn{KeySource: foreign.Keys}
	foreign.Keys, foreign.Foreign = keys, true
	w := newWorld(t, withIssuers(foreign))
	raw := foreign.sign(t, nil)
	w.want("first", raw, nil)
	w.clock.move(verify.DefaultLease)
	keys.gone = true
	if err := w.verify(raw); !errors.Is(err, token.ErrUnauthenticated) {
		t.Fatalf("past the lease: %v", err)
	}
	w.hear()
	if err := w.verify(raw); !errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("when the log was heard again: %v", err)
	}
}

func TestAPeerThatWasRefusedStaysSo(t *testing.T) {
	w, peers, _ := peerWorld(t)
	w.clock.move(30 * time.Minute)
	w.want("within the lease of an hour", fixedText, nil)
	w.clock.move(30 * time.Minute)
	peers.err = token.ErrDisabled
	w.want("past the lease", fixedText, token.ErrDisabled)
	w.hear()
	w.want("when the log was heard again", fixedText, token.ErrDisabled)
	peers.err = nil
	asked := peers.asked
	w.want("switched on again", fixedText, nil)
	if peers.asked != asked+1 {
		t.Error("what was cached before was used")
	}
}

// oneRecord is the record of a workspace token, whatever the id.
type oneRecord struct{ token.Token }

func (o *oneRecord) FindToken(context.Context, string) (token.Token, error) { return o.Token, nil }

// A workspace token that was replaced says a later end than its record, which is
// read again for that: what it then says counts.
func TestAReplacedWorkspaceTokenThatEndedIsRefused(t *testing.T) {
	const account, workspace = "0190a0b0-0000-7000-8000-00000000000a", "0190a0b0-0000-7000-8000-00000000000b"
	secrets, err := wstoken.NewSecrets([]token.Secret{token.NewSecret("0123456789abcdef0123456789abcdef0123456789")})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := secrets.Signer()
	if err != nil {
		t.Fatal(err)
	}
	kept := &oneRecord{token.Token{
		ID: "0190a0b0-0000-7000-8000-000000000001", Kind: token.KindWorkspace, Owner: "user:default/alice", Subject: "user:default/alice",
		Workspace: "w", Scopes: token.Scopes{"read:*"}, CreatedAt: start, ExpiresAt: start.Add(time.Hour),
		ReplacedBy: "0190a0b0-0000-7000-8000-000000000002",
	}}
	signed, err := wstoken.Sign(signer, wstoken.Claims{
		TokenID: kept.ID, Account: account, Workspace: workspace, Scopes: kept.Scopes, ExpiresAt: start.Add(24 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(o *verify.Options) {
		o.Workspace = &verify.WorkspaceTokens{
			Keys: secrets, Source: kept, Standing: func(context.Context, string, string) (token.Standing, error) {
				return token.Standing{Account: account, Workspace: workspace, Active: true, Power: token.PowerUser}, nil
			},
		}
	})
	raw := signed.Reveal()
	w.want("in its overlap", raw, nil)
	kept.RevokedAt = start
	w.want("revoked on another node", raw, token.ErrRevoked)
}
