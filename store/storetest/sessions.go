package storetest

import (
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func sessionBehaviours() []behaviour {
	return []behaviour{
		{"a session is begun, found and listed", sessions},
		{"a session is ended once, by its owner's name", sessionsEnded},
		{"all sessions of a user are ended in one entry", sessionsEndedTogether},
		{"a new session ends the one that the browser had", sessionsReplaced},
		{"the oldest of too many sessions ends", sessionsBounded},
		{"disabling a user ends their sessions for good", sessionsOfTheDisabled},
		{"a disabled user begins no session", noSessionForTheDisabled},
		{"C-12: of sign-ins and disabling at once no session is left", sessionsWhileDisabling},
		{"a first sign-in adds the user when it may", usersBySignIn},
		{"H-04: a user signs in with one account of a provider", identities},
		{"of fifty accounts that are one user at once one signs in", identitiesAtOnce},
		{"H-04: an account of a provider is one user, whatever its name becomes", identitiesRenamed},
		{"an account that signs in under fifty names at once is one of them", renamedAtOnce},
		{"groups of a provider replace those it claimed before", claimedGroups},
		{"the last use of a session moves forward", sessionsSeen},
		{"what has run out is forgotten", sessionsSwept},
		{"a value is spent once", spent},
		{"of fifty that spend a value at once one succeeds", spentAtOnce},
	}
}

// signIn is a sign-in of a user, a minute after start for each number.
func signIn(user string, n int, change ...func(*token.SignIn)) token.SignIn {
	at := start().Add(time.Duration(n) * time.Minute)
	in := token.SignIn{Session: token.Session{
		ID: token.NewID(), Digest: digestOf(fmt.Sprint("session ", user, n)), User: user, Method: token.SignInLink,
		Address: "192.0.2.7", Agent: "Firefox on Linux",
		CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(12 * time.Hour),
	}}
	for _, f := range change {
		f(&in)
	}
	return in
}

func as(user string) token.Principal { return token.Principal{Type: token.PrincipalUser, Ref: user} }

func (r *rig) begin(in token.SignIn) token.Session {
	r.Helper()
	r.must(r.store.BeginSession(r.ctx, in, as(in.Session.User)))
	return in.Session
}

// live gives the ids of the sessions of a user that were not ended.
func (r *rig) live(user string) []string {
	r.Helper()
	list, err := r.store.ListSessions(r.ctx, user)
	r.must(err)
	ids := []string{}
	for _, one := range list {
		ids = append(ids, one.ID)
	}
	return ids
}

func sessions(r *rig) {
	r.addUser(alice)
	first, second := r.begin(signIn(alice, 0)), r.begin(signIn(alice, 1))
	other := r.begin(signIn(bob, 2)) // whom another directory knows
	e := r.history(audit.Query{Limit: 1})[0]
	r.same("action", e.Action, audit.SessionBegun)
	r.same("details", e.Details, map[string]string{"session": other.ID, "method": "link"})
	got, err := r.store.FindSession(r.ctx, first.Digest)
	r.must(err)
	r.same("session", got, first)
	_, err = r.store.FindSession(r.ctx, digestOf("another"))
	r.refused(err, token.ErrNotFound)
	r.same("sessions of alice", r.live(alice), []string{second.ID, first.ID})
	r.same("sessions", r.live(""), []string{other.ID, second.ID, first.ID})
}

func sessionsEnded(r *rig) {
	one := r.begin(signIn(alice, 0))
	at := start().Add(time.Hour)
	r.refused(r.store.EndSession(r.ctx, bob, one.ID, as(bob), at), token.ErrNotFound)
	r.refused(r.store.EndSession(r.ctx, alice, "none", as(alice), at), token.ErrNotFound)
	errs := parallel(20, func(int) error { return r.store.EndSession(r.ctx, alice, one.ID, admin(), at) })
	r.oneWins(errs, 1, token.ErrNotFound)
	r.told(audit.SessionEnded, alice, map[string]string{"session": one.ID})
	got, err := r.store.FindSession(r.ctx, one.Digest)
	r.must(err)
	r.same("ended at", got.EndedAt, at)
	r.same("sessions", r.live(alice), []string{})
}

func sessionsEndedTogether(r *rig) {
	for i := range 3 {
		r.begin(signIn(alice, i))
	}
	other := r.begin(signIn(bob, 3))
	n, err := r.store.EndSessions(r.ctx, alice, admin(), start().Add(time.Hour))
	r.must(err)
	r.same("ended", n, 3)
	r.told(audit.SessionsEnded, alice, map[string]string{"sessions": "3"})
	entries := len(r.history(audit.Query{}))
	n, err = r.store.EndSessions(r.ctx, alice, admin(), start())
	r.must(err)
	r.same("ended again", n, 0)
	r.same("entries", len(r.history(audit.Query{})), entries)
	r.same("sessions", r.live(""), []string{other.ID})
}

func sessionsReplaced(r *rig) {
	former, kept := r.begin(signIn(alice, 0)), r.begin(signIn(alice, 1))
	next := r.begin(signIn(alice, 2, func(in *token.SignIn) { in.Former = former.Digest }))
	r.same("sessions", r.live(alice), []string{next.ID, kept.ID})
}

func sessionsBounded(r *rig) {
	first := r.begin(signIn(alice, 0))
	other := r.begin(signIn(bob, 0))
	for i := range 50 {
		r.begin(signIn(alice, i+1))
	}
	r.same("live sessions", len(r.live(alice)), 50)
	r.same("sessions of somebody else", r.live(bob), []string{other.ID})
	got, err := r.store.FindSession(r.ctx, first.Digest)
	r.must(err)
	r.same("the oldest has ended", got.EndedAt.IsZero(), false)
}

func sessionsOfTheDisabled(r *rig) {
	r.addUser(alice)
	one, other := r.begin(signIn(alice, 0)), r.begin(signIn(bob, 0))
	at := start().Add(time.Hour)
	r.must(r.store.SetUserDisabled(r.ctx, alice, true, admin(), at))
	r.must(r.store.SetUserDisabled(r.ctx, alice, false, admin(), at.Add(time.Minute)))
	got, err := r.store.FindSession(r.ctx, one.Digest)
	r.must(err)
	r.same("ended at", got.EndedAt, at)
	r.same("sessions", r.live(""), []string{other.ID})
}

func noSessionForTheDisabled(r *rig) {
	r.addUser(alice)
	r.must(r.store.SetUserDisabled(r.ctx, alice, true, admin(), start()))
	entries := len(r.history(audit.Query{}))
	err := r.store.BeginSession(r.ctx, signIn(alice, 0, func(in *token.SignIn) { in.Create = true }), as(alice))
	r.refused(err, token.ErrDisabled)
	r.same("entries", len(r.history(audit.Query{})), entries)
}

func sessionsWhileDisabling(r *rig) {
	r.addUser(alice)
	errs := parallel(20, func(i int) error {
		if i == 10 {
			return r.store.SetUserDisabled(r.ctx, alice, true, admin(), start())
		}
		return r.store.BeginSession(r.ctx, signIn(alice, i), as(alice))
	})
	r.must(errs[10])
	r.same("sessions", r.live(alice), []string{})
}

func usersBySignIn(r *rig) {
	create := func(in *token.SignIn) { in.Create, in.Name = true, "Alice" }
	for _, err := range parallel(20, func(i int) error {
		return r.store.BeginSession(r.ctx, signIn(alice, i, create), as(alice))
	}) {
		r.must(err)
	}
	got, err := r.store.FindUser(r.ctx, alice)
	r.must(err)
	r.same("name", got.Name, "Alice")
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.UserAdded}})), 1)
	r.begin(signIn(bob, 0))
	_, err = r.store.FindUser(r.ctx, bob)
	r.refused(err, token.ErrNotFound)
}

// account makes a sign-in one by an account of a provider.
func account(issuer, subject string) func(*token.SignIn) {
	return func(in *token.SignIn) { in.Identity = &token.Identity{Issuer: issuer, Subject: subject} }
}

func identities(r *rig) {
	const another = "https://other.example"
	r.begin(signIn(alice, 0, account(provider, "1")))
	r.begin(signIn(alice, 1, account(provider, "1")))
	r.refused(r.store.BeginSession(r.ctx, signIn(alice, 2, account(another, "9")), as(alice)), token.ErrReserved)
	r.begin(signIn(alice, 2, account(another, "9"), elsewhere))
	err := r.store.BeginSession(r.ctx, signIn(alice, 3, account(provider, "2")), as(alice))
	r.refused(err, token.ErrIdentity)
	r.same("sessions", len(r.live(alice)), 3)

	r.must(r.store.OpenIdentity(r.ctx, opening(alice), admin()))
	r.told(audit.IdentityForgotten, alice, nil)
	r.begin(signIn(alice, 4, account(provider, "2")))
}

// elsewhere makes a sign-in one of somebody whom another directory knows.
func elsewhere(in *token.SignIn) { in.Elsewhere = true }

// opening lets an account be the user in the first hour after start.
func opening(user string) token.IdentityOpening {
	return token.IdentityOpening{User: user, At: start().Add(30 * time.Minute), EndsAt: start().Add(time.Hour)}
}

func identitiesRenamed(r *rig) {
	const another, robert = "https://other.example", "user:default/robert"
	refused := func(in token.SignIn) {
		r.Helper()
		r.refused(r.store.BeginSession(r.ctx, in, as(in.Session.User)), token.ErrRenamed)
	}
	r.begin(signIn(bob, 0, account(provider, "1")))
	refused(signIn(alice, 1, account(provider, "1")))
	r.must(r.store.OpenIdentity(r.ctx, opening(alice), admin()))
	refused(signIn(alice, 2, account(provider, "1")))
	r.same("sessions", r.live(alice), []string{})
	r.begin(signIn(alice, 3, account(another, "1")))
	r.begin(signIn(bob, 4, account(provider, "1")))

	r.must(r.store.OpenIdentity(r.ctx, opening(bob), admin())) // which frees the account
	r.begin(signIn(robert, 5, account(provider, "1")))
	refused(signIn(bob, 6, account(provider, "1")))
}

// One account under fifty names at once becomes one of them.
func renamedAtOnce(r *rig) {
	errs := parallel(50, func(i int) error {
		user := fmt.Sprint("user:default/name", i)
		return r.store.BeginSession(r.ctx, signIn(user, i, account("https://idp.example", "1")), as(user))
	})
	r.oneWins(errs, 1, token.ErrRenamed)
}

func identitiesAtOnce(r *rig) {
	errs := parallel(50, func(i int) error {
		return r.store.BeginSession(r.ctx, signIn(alice, i, account("https://idp.example", fmt.Sprint(i))), as(alice))
	})
	r.oneWins(errs, 1, token.ErrIdentity)
}

func claimedGroups(r *rig) {
	r.addUser(alice)
	r.must(r.store.AddGroup(r.ctx, token.Group{Ref: platform, CreatedAt: start()}, admin()))
	r.must(r.store.JoinGroup(r.ctx, platform, alice, admin(), start()))
	claim := func(groups ...string) func(*token.SignIn) {
		return func(in *token.SignIn) { in.Claimed, in.Groups = true, groups }
	}
	of := func(want ...string) {
		r.Helper()
		got, err := r.store.GroupsOf(r.ctx, alice)
		r.must(err)
		r.same("groups", got, want)
	}
	r.begin(signIn(alice, 0, claim(data, platform)))
	of(data, platform)
	list, err := r.store.ListGroups(r.ctx)
	r.must(err)
	r.same("members of a claimed group", list[0].Members, []string{alice})
	r.begin(signIn(alice, 1, claim(data, platform)))
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.GroupsClaimed}})), 1)
	r.begin(signIn(alice, 2)) // another way in says nothing about groups
	of(data, platform)
	r.begin(signIn(alice, 3, claim()))
	of(platform) // by the administrator who put her there
	has, err := r.store.HasGroup(r.ctx, data)
	r.must(err)
	r.same("the group is still known", has, true)
}

func sessionsSeen(r *rig) {
	one, other := r.begin(signIn(alice, 0)), r.begin(signIn(bob, 0))
	later := start().Add(time.Hour)
	r.must(r.store.TouchSessions(r.ctx, map[string]time.Time{one.ID: later, "none": later}))
	r.must(r.store.TouchSessions(r.ctx, map[string]time.Time{one.ID: later.Add(-time.Minute)}))
	r.must(r.store.TouchSessions(r.ctx, nil))
	for _, test := range []struct {
		session token.Session
		want    time.Time
	}{{one, later}, {other, start()}} {
		got, err := r.store.FindSession(r.ctx, test.session.Digest)
		r.must(err)
		r.same("seen at", got.SeenAt, test.want)
	}
}

func sessionsSwept(r *rig) {
	old, idle, good := r.begin(signIn(alice, 0)), r.begin(signIn(alice, 1)), r.begin(signIn(alice, 2))
	r.must(r.store.TouchSessions(r.ctx, map[string]time.Time{
		old.ID: old.ExpiresAt.Add(-time.Second), good.ID: old.ExpiresAt.Add(-time.Second),
	}))
	r.must(r.store.Spend(r.ctx, digestOf("spent"), old.ExpiresAt))
	n, err := r.store.SweepSessions(r.ctx, old.ExpiresAt, idle.SeenAt, 100)
	r.must(err)
	r.same("rows", n, 3)
	r.same("sessions", r.live(alice), []string{good.ID})
}

func spent(r *rig) {
	until := start().Add(time.Minute)
	r.must(r.store.Spend(r.ctx, digestOf("a"), until))
	r.must(r.store.Spend(r.ctx, digestOf("b"), until))
	r.refused(r.store.Spend(r.ctx, digestOf("a"), until), token.ErrExists)
}

func spentAtOnce(r *rig) {
	errs := parallel(50, func(int) error { return r.store.Spend(r.ctx, digestOf("a"), start()) })
	r.oneWins(errs, 1, token.ErrExists)
}
