package journal_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenwright/tokenwright/proof/journal"
)

const bound = 2 * time.Second

// story plays on one token. Each step takes one millisecond, so that no two
// happen at one instant.
type story struct{ token *journal.Token }

func (s story) step(do func()) {
	time.Sleep(time.Millisecond) //nolint:forbidigo // time stands still in a synctest bubble; this moves it on
	do()
}

func (s story) issue() {
	s.step(s.token.Ask)
	s.acknowledge()
}

func (s story) acknowledge() {
	s.step(func() { s.token.Issued("id-1", time.Now().Add(time.Hour)) })
}

func (s story) revoke() {
	s.step(s.token.Revoking)
	s.step(func() { s.token.Revoked("a") })
}

func (s story) later(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // see step

// answer plays a verification that takes a millisecond; during happens in the
// middle of it.
func (s story) answer(node string, verdict journal.Verdict, during ...func()) {
	s.step(func() {
		a := journal.Answer{Node: node, Start: time.Now(), Verdict: verdict}
		if verdict == journal.Accepted {
			a.TokenID = "id-1"
		}
		for _, do := range during {
			s.step(do)
		}
		s.step(func() { a.End = time.Now() })
		s.token.Verified(a)
	})
}

func (s story) beyond(verdict journal.Verdict) {
	s.step(func() {
		s.token.Verified(journal.Answer{Node: "a", Start: time.Now(), End: time.Now(), Verdict: verdict, TokenID: "id-1", Beyond: true})
	})
}

func TestAnswersAreJudgedByTheirOwnStartAndEnd(t *testing.T) {
	const accepted, declined = journal.Accepted, journal.Declined
	for _, tc := range []struct {
		name string
		play func(s story)
		want journal.Kind // "" = nothing is wrong
	}{
		{"a good token is accepted", func(s story) { s.issue(); s.answer("a", accepted) }, ""},
		{"a good token is refused", func(s story) { s.issue(); s.answer("a", declined) }, journal.W2},
		{"a good token gets no answer", func(s story) { s.issue(); s.answer("a", journal.Unavailable) }, ""},
		{"a token nobody asked for is accepted", func(s story) { s.answer("a", accepted) }, journal.W1},
		{"a token nobody asked for is refused", func(s story) { s.answer("a", declined) }, ""},
		{"it is refused while its issue is under way", func(s story) {
			s.step(s.token.Ask)
			s.answer("a", declined, func() { s.token.Issued("id-1", time.Now().Add(time.Hour)) })
		}, ""},
		{"it is accepted while its issue is under way", func(s story) {
			s.step(s.token.Ask)
			s.answer("a", accepted)
			s.acknowledge()
		}, ""},

		{"a revoked token is refused", func(s story) { s.issue(); s.revoke(); s.answer("a", declined) }, ""},
		{"a revoked token is accepted where it was revoked", func(s story) { s.issue(); s.revoke(); s.answer("a", accepted) }, journal.W1},
		{"a revoked token is accepted elsewhere within the bound", func(s story) {
			s.issue()
			s.revoke()
			s.later(bound - 3*time.Millisecond)
			s.answer("b", accepted)
		}, ""},
		{"a revoked token is accepted elsewhere after the bound", func(s story) {
			s.issue()
			s.revoke()
			s.later(bound)
			s.answer("b", accepted)
		}, journal.W1},
		{"it is accepted by a question that began before the acknowledgement", func(s story) {
			s.issue()
			s.step(s.token.Revoking)
			s.answer("a", accepted, func() { s.token.Revoked("a") })
		}, ""},
		{"it is refused while its revocation is under way", func(s story) {
			s.issue()
			s.answer("a", declined, s.token.Revoking)
		}, ""},

		{"an unknown revocation may have happened", func(s story) { s.issue(); s.step(s.token.Revoking); s.answer("a", declined) }, ""},
		{"an unknown revocation may not have happened", func(s story) { s.issue(); s.step(s.token.Revoking); s.answer("a", accepted) }, ""},
		{"what was refused for good is never good again", func(s story) {
			s.issue()
			s.step(s.token.Revoking)
			s.answer("a", declined)
			s.answer("a", accepted)
		}, journal.W1},
		{"what one node refused for good another may accept within the bound", func(s story) {
			s.issue()
			s.step(s.token.Revoking)
			s.answer("a", declined)
			s.answer("b", accepted)
		}, ""},

		{"an expired token is refused", func(s story) { s.issue(); s.later(time.Hour); s.answer("a", declined) }, ""},
		{"an expired token is accepted", func(s story) { s.issue(); s.later(time.Hour); s.answer("a", accepted) }, journal.W1},
		{"it expires during the question", func(s story) {
			s.issue()
			s.answer("a", accepted, func() { s.later(time.Hour) })
		}, ""},

		{"a demand beyond the token is refused", func(s story) { s.issue(); s.beyond(declined); s.answer("a", accepted) }, ""},
		{"a demand beyond the token is accepted", func(s story) { s.issue(); s.beyond(accepted) }, journal.W1},
		{"an answer speaks of another token", func(s story) {
			s.step(s.token.Ask)
			s.token.Issued("id-2", time.Now().Add(time.Hour))
			s.answer("a", accepted)
		}, journal.W3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := journal.New(bound)
				tc.play(story{token: j.Token("one")})
				wrong, _ := j.Check()
				expect(t, wrong, tc.want)
			})
		})
	}
}

// expect asks for no wrong answer, or for exactly one of a kind.
func expect(t *testing.T, wrong []journal.Wrong, want journal.Kind) {
	t.Helper()
	switch {
	case want == "" && len(wrong) > 0:
		t.Errorf("called wrong: %v", wrong)
	case want != "" && (len(wrong) != 1 || wrong[0].Kind != want):
		t.Errorf("found %v, want one %s", wrong, want)
	}
}

func TestWhatIsKeptIsComparedWithWhatWasSaid(t *testing.T) {
	kept := journal.Kept{Name: "one", ID: "id-1"}
	ended := journal.Kept{Name: "one", ID: "id-1", Revoked: true}
	issued := func(t *journal.Token) { t.Ask(); t.Issued("id-1", time.Now().Add(time.Hour)) }
	revoked := func(t *journal.Token) { issued(t); t.Revoking(); t.Revoked("a") }
	for _, tc := range []struct {
		name string
		play func(t *journal.Token)
		kept []journal.Kept
		want journal.Kind
	}{
		{"an issued token is there", issued, []journal.Kept{kept}, ""},
		{"an issued token is lost", issued, nil, journal.W4},
		{"an unknown issue may have happened", (*journal.Token).Ask, []journal.Kept{kept}, ""},
		{"an unknown issue may not have happened", (*journal.Token).Ask, nil, ""},
		{"a refused issue happened", func(t *journal.Token) { t.Ask(); t.Refused() }, []journal.Kept{kept}, journal.W1},
		{"a token that nobody asked for", func(*journal.Token) {}, []journal.Kept{kept}, journal.W1},
		{"a token that the client does not even know", issued, []journal.Kept{kept, {Name: "two"}}, journal.W1},
		{"a token under another id", issued, []journal.Kept{{Name: "one", ID: "id-2"}}, journal.W3},
		{"two tokens of one name", issued, []journal.Kept{kept, kept}, journal.W3},
		{"a revoked token is revoked", revoked, []journal.Kept{ended}, ""},
		{"a revocation is lost", revoked, []journal.Kept{kept}, journal.W4},
		{"a revocation that nobody asked for", issued, []journal.Kept{ended}, journal.W2},
		{"an unknown revocation may have happened", func(t *journal.Token) { issued(t); t.Revoking() }, []journal.Kept{ended}, ""},
		{"an unknown revocation may not have happened", func(t *journal.Token) { issued(t); t.Revoking() }, []journal.Kept{kept}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			j := journal.New(bound)
			tc.play(j.Token("one"))
			expect(t, j.Compare(tc.kept), tc.want)
		})
	}
}

func TestWhatWasSeenOnceIsKnown(t *testing.T) {
	j := journal.New(bound)
	j.Token("one").Ask()
	expect(t, j.Compare([]journal.Kept{{Name: "one", ID: "id-1"}}), "")
	expect(t, j.Compare(nil), journal.W4)

	j = journal.New(bound)
	one := j.Token("one")
	one.Ask()
	one.Issued("id-1", time.Now().Add(time.Hour))
	one.Revoking()
	expect(t, j.Compare([]journal.Kept{{Name: "one", ID: "id-1", Revoked: true}}), "")
	expect(t, j.Compare([]journal.Kept{{Name: "one", ID: "id-1"}}), journal.W4)
}

func TestAnswersAreCounted(t *testing.T) {
	j := journal.New(bound)
	for i, verdict := range []journal.Verdict{journal.Declined, journal.Declined, journal.Unavailable} {
		j.Token(strings.Repeat("x", i)).Verified(journal.Answer{Verdict: verdict})
	}
	if _, tally := j.Check(); tally != (journal.Tally{Declined: 2, Unavailable: 1}) {
		t.Errorf("counted %s", tally)
	}
}

func TestStandingFollowsTheAcknowledgements(t *testing.T) {
	one := journal.New(bound).Token("one")
	for _, step := range []struct {
		do   func()
		want journal.Standing
	}{
		{one.Ask, journal.Unissued},
		{func() { one.Issued("id-1", time.Now().Add(time.Hour)) }, journal.Good},
		{one.Revoking, journal.Unknown},
		{func() { one.Revoked("a") }, journal.Ended},
	} {
		step.do()
		if got := one.Standing(); got != step.want {
			t.Errorf("standing %d, want %d", got, step.want)
		}
	}
}
