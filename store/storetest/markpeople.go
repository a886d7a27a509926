package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func markPeopleBehaviours() []behaviour {
	return []behaviour{
		{"C-12: a mark on a person ends their sessions, links, consents and codes, and nobody else's", markEndsPeople},
		{"a mark with a time leaves what began later", markLeavesLaterSessions},
		{"a mark until now ends what a node ahead has begun", markEndsSessionsAhead},
		{"a mark on a kind or a workspace leaves people signed in", markOfAKindLeavesPeople},
		{"a mark on everything before a time signs everybody out", markOnEverybody},
		{"a mark on everybody, or with a time, ends the sign-in links", markEndsLinks},
	}
}

func markEndsPeople(r *rig) {
	now := start().Add(30 * time.Second)
	mine, other := r.begin(signIn(alice, 0)), r.begin(signIn(bob, 0))
	r.approved("code")
	waiting := question("b", 0, func(a *token.Authorization) { a.User = alice })
	theirs := question("b", 0, func(a *token.Authorization) { a.User = bob })
	for _, a := range []token.Authorization{waiting, theirs} {
		r.must(r.store.AddAuthorization(r.ctx, a, roomy()))
	}
	link := token.Link{Digest: digestOf("link"), User: alice, ExpiresAt: now.Add(time.Hour)}
	r.must(r.store.AddLink(r.ctx, link, admin(), start()))

	m := r.mark(token.Mark{Owner: alice, NotBefore: now}, now)

	got, err := r.store.FindSession(r.ctx, mine.Digest)
	r.must(err)
	r.same("ended at", got.EndedAt, now)
	r.same("sessions", r.live(""), []string{other.ID})
	_, err = r.redeem("code", grant())
	r.refused(err, token.ErrNotFound)
	r.refused(r.store.AnswerAuthorization(r.ctx, yes(waiting, "another"), audit.Entry{}), token.ErrNotFound)
	found, err := r.store.FindAuthorization(r.ctx, theirs.ID)
	r.must(err)
	r.same("somebody else's", found.Status, token.AuthorizationPending)
	_, err = r.store.UseLink(r.ctx, link.Digest, token.Principal{}, now)
	r.refused(err, token.ErrNotFound)
	r.same("details", r.history(audit.Query{Actions: []audit.Action{audit.TokensRevoked}})[0].Details, map[string]string{
		"mark": m.ID, "notBefore": now.Format(time.RFC3339Nano), "sessions": "1", "authorizations": "2",
	})
	again := r.begin(signIn(alice, 1))
	r.same("who signs in again", r.live(alice), []string{again.ID})
}

func markLeavesLaterSessions(r *rig) {
	r.begin(signIn(alice, 0))
	later := r.begin(signIn(alice, 1))
	r.mark(token.Mark{Owner: alice, NotBefore: start().Add(time.Minute - time.Microsecond)}, start().Add(time.Hour))
	r.same("sessions", r.live(alice), []string{later.ID})
}

func markEndsSessionsAhead(r *rig) {
	r.begin(signIn(alice, 3)) // three minutes ahead of who makes the mark
	r.mark(token.Mark{Owner: alice, NotBefore: start()}, start())
	r.same("sessions", r.live(alice), []string{})
}

func markOfAKindLeavesPeople(r *rig) {
	one := r.begin(signIn(alice, 0))
	now := start().Add(time.Hour)
	r.mark(token.Mark{Owner: alice, Kind: token.KindUser, NotBefore: now}, now)
	r.mark(token.Mark{Owner: alice, Workspace: "demo", NotBefore: now}, now)
	r.mark(token.Mark{Owner: platform, NotBefore: now}, now)
	r.same("sessions", r.live(alice), []string{one.ID})
}

func markOnEverybody(r *rig) {
	r.begin(signIn(alice, 0))
	r.begin(signIn(bob, 0))
	r.mark(token.Mark{NotBefore: start().Add(time.Second)}, start().Add(time.Hour))
	r.same("sessions", r.live(""), []string{})
}

// The clock of who looks says nothing of when a link was made, so those that are
// made before a mark end with every mark on people, whatever its time.
func markEndsLinks(r *rig) {
	at := start().Add(time.Minute)
	for i, one := range []struct {
		mark      token.Mark
		ends, not string
	}{
		{token.Mark{NotBefore: at}, alice, ""},
		{token.Mark{NotBefore: at.Add(-time.Microsecond)}, alice, ""},
		{token.Mark{Owner: alice, NotBefore: at.Add(-time.Microsecond)}, alice, bob},
		{token.Mark{Owner: alice, Kind: token.KindUser, NotBefore: at}, "", alice},
	} {
		uses := func(user string) error {
			link := token.Link{Digest: digestOf(numbered("link "+user, i)), User: user, ExpiresAt: at.Add(time.Hour)}
			r.must(r.store.AddLink(r.ctx, link, admin(), start()))
			r.mark(one.mark, at)
			_, err := r.store.UseLink(r.ctx, link.Digest, token.Principal{}, at)
			return err
		}
		if one.ends != "" {
			r.refused(uses(one.ends), token.ErrNotFound)
		}
		if one.not != "" {
			r.must(uses(one.not))
		}
	}
}
