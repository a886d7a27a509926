package storetest

import (
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

const provider = "https://idp.example"

func reservedBehaviours() []behaviour {
	list := []behaviour{
		{"H-04: a user who was added and has nothing is for the first who comes", nothingIsTaken},
		{"H-04: a user whom another directory knows is not reserved by what they have", elsewhereIsTaken},
		{"H-04: a user to whom a role is given is nobody's who was not let in as them", namedReserves},
		{"H-04: a role that was given a moment ago counts", grantedMeanwhile},
		{"a user who is somebody is opened to one account", openedOnce},
	}
	for _, one := range possessions() {
		list = append(list, behaviour{"H-04: a user is somebody who has " + one.what, func(r *rig) {
			r.addUser(alice)
			one.give(r)
			r.refused(r.first(alice, 1), token.ErrReserved)
		}})
	}
	for _, one := range expectations() {
		list = append(list, behaviour{"H-04: a user is somebody, in whatever directory, who " + one.what, func(r *rig) {
			r.addUser(alice)
			one.give(r)
			r.refused(r.first(alice, 1), token.ErrReserved)
			r.refused(r.first(alice, 2, elsewhere), token.ErrReserved)
		}})
	}
	return list
}

// first signs one account in as somebody, n minutes after start.
func (r *rig) first(user string, n int, change ...func(*token.SignIn)) error {
	change = append(change, account(provider, "1"))
	return r.store.BeginSession(r.ctx, signIn(user, n, change...), as(user))
}

func nothingIsTaken(r *rig) {
	r.addUser(alice)
	r.must(r.first(alice, 0))
	r.must(r.first(alice, 1))
}

// past is something that happened to alice, whom the directory has.
type past struct {
	what string
	give func(r *rig)
}

func possessions() []past {
	owned := func(kind token.Kind) func(r *rig) {
		return func(r *rig) { r.issued("x", of(alice), func(n *token.New) { n.Token.Kind = kind }) }
	}
	return []past{
		{"a group", func(r *rig) {
			r.must(r.store.AddGroup(r.ctx, token.Group{Ref: platform, CreatedAt: start()}, admin()))
			r.must(r.store.JoinGroup(r.ctx, platform, alice, admin(), start()))
		}},
		{"a seat in a workspace", func(r *rig) {
			r.must(r.store.AddWorkspace(r.ctx, token.Workspace{Name: "acme", UUID: token.NewID(), CreatedAt: start()}, admin()))
			guest := token.WorkspaceMember{User: alice, Role: "guest"}
			r.must(r.store.JoinWorkspace(r.ctx, "acme", guest, admin(), start()))
		}},
		{"a personal token", owned(token.KindPersonal)},
		{"a user token", owned(token.KindUser)},
		{"a workspace token", owned(token.KindWorkspace)},
		{"a client that acts for them", owned(token.KindRefresh)},
		{"a session", func(r *rig) { r.begin(signIn(alice, 0)) }},
		{"a past in the log", func(r *rig) {
			r.must(r.store.AppendEntry(r.ctx, audit.NewEntry(audit.SessionEnded, as(alice), start())))
			r.sequence()
		}},
	}
}

func expectations() []past {
	return []past{
		{"was sent a link", func(r *rig) {
			link := token.Link{Digest: digestOf("link"), User: alice, ExpiresAt: start().Add(time.Hour)}
			r.must(r.store.AddLink(r.ctx, link, admin(), start()))
		}},
		{"was disabled once", func(r *rig) {
			r.must(r.store.SetUserDisabled(r.ctx, alice, true, admin(), start()))
			r.must(r.store.SetUserDisabled(r.ctx, alice, false, admin(), start()))
		}},
		{"was opened until a moment ago", func(r *rig) {
			r.must(r.store.OpenIdentity(r.ctx, token.IdentityOpening{User: alice, At: start(), EndsAt: start()}, admin()))
		}},
	}
}

func elsewhereIsTaken(r *rig) {
	r.addUser(alice)
	for _, one := range possessions() {
		one.give(r)
	}
	r.must(r.first(alice, 1, elsewhere))
}

func namedReserves(r *rig) {
	named := func(in *token.SignIn) { in.Named = func([]token.RoleGrant) bool { return true } }
	try := func(n int, subject string) error {
		return r.store.BeginSession(r.ctx, signIn(alice, n, account(provider, subject), named), as(alice))
	}
	r.refused(try(0, "1"), token.ErrReserved)
	r.same("sessions", r.live(alice), []string{})
	r.must(r.store.OpenIdentity(r.ctx, opening(alice), admin()))
	r.refused(try(60, "1"), token.ErrReserved) // the hour is over
	r.must(try(59, "1"))
	r.must(try(61, "1")) // bound, it needs no opening
	r.refused(try(62, "2"), token.ErrIdentity)
}

func grantedMeanwhile(r *rig) {
	mine := func(in *token.SignIn) {
		in.Named = func(granted []token.RoleGrant) bool {
			return len(granted) == 1 && granted[0].Ref == alice && granted[0].Role == "auditor"
		}
	}
	r.must(r.store.GrantRole(r.ctx, token.RoleGrant{Ref: alice, Role: "auditor", GrantedBy: admin().Ref, GrantedAt: start()}, admin()))
	r.refused(r.first(alice, 0, mine), token.ErrReserved)
	r.must(r.store.WithdrawRole(r.ctx, alice, "auditor", admin(), start()))
	r.must(r.first(alice, 1, mine))
}

// Of fifty accounts that an opened user would become, one does.
func openedOnce(r *rig) {
	r.must(r.store.OpenIdentity(r.ctx, opening(alice), admin()))
	errs := parallel(50, func(i int) error {
		return r.store.BeginSession(r.ctx, signIn(alice, i, account(provider, fmt.Sprint(i))), as(alice))
	})
	r.oneWins(errs, 1, token.ErrIdentity)
}
