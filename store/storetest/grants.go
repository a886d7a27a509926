package storetest

import (
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func grantBehaviours() []behaviour {
	return []behaviour{
		{"roles are granted, withdrawn and listed", roles},
		{"the last administrator stays", lastAdministrator},
		{"of fifty administrators withdrawn at once one stays", lastAdministratorAtOnce},
		{"the last enabled administrator is not disabled", lastEnabledAdministrator},
		{"of fifty administrators disabled at once one stays", lastEnabledAtOnce},
		{"the last administrator by a group does not leave it", lastAdministratorByGroup},
		{"a service with the role is no administrator", serviceIsNoAdministrator},
		{"a link is used once and in time", links},
		{"of fifty uses of a link at once one succeeds", linkAtOnce},
		{"keys are added, retired, removed and listed", keys},
		{"of keys that follow the same one is one kept", keysAtOnce},
	}
}

func (r *rig) grant(ref, role string) token.RoleGrant {
	r.Helper()
	g := token.RoleGrant{Ref: ref, Role: role, GrantedBy: admin().Ref, GrantedAt: start()}
	r.must(r.store.GrantRole(r.ctx, g, admin()))
	return g
}

func roles(r *rig) {
	second, first := r.grant(alice, "reader"), r.grant(alice, "auditor")
	r.told(audit.RoleGranted, "auditor", map[string]string{"ref": alice})
	third := r.grant(bob, "reader")
	r.refused(r.store.GrantRole(r.ctx, first, admin()), token.ErrExists)
	list, err := r.store.ListRoleGrants(r.ctx)
	r.must(err)
	r.same("grants", list, []token.RoleGrant{first, second, third})
	r.must(r.store.WithdrawRole(r.ctx, alice, "reader", admin(), start().Add(time.Minute)))
	r.told(audit.RoleWithdrawn, "reader", map[string]string{"ref": alice})
	r.refused(r.store.WithdrawRole(r.ctx, alice, "reader", admin(), start()), token.ErrNotFound)
	r.must(r.store.WithdrawRole(r.ctx, bob, "reader", admin(), start()))
	list, err = r.store.ListRoleGrants(r.ctx)
	r.must(err)
	r.same("grants later", list, []token.RoleGrant{first})
}

func lastAdministrator(r *rig) {
	r.grant(alice, "administrator")
	entries := len(r.history(audit.Query{}))
	r.refused(r.store.WithdrawRole(r.ctx, alice, "administrator", admin(), start()), token.ErrLastAdmin)
	r.refused(r.store.WithdrawRole(r.ctx, bob, "administrator", admin(), start()), token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{})), entries)
	r.grant(bob, "administrator")
	r.must(r.store.WithdrawRole(r.ctx, alice, "administrator", admin(), start()))
	r.refused(r.store.WithdrawRole(r.ctx, bob, "administrator", admin(), start()), token.ErrLastAdmin)
}

func lastAdministratorAtOnce(r *rig) {
	for i := range 50 {
		r.grant(numbered("user:default/u", i), "administrator")
	}
	errs := parallel(50, func(i int) error {
		return r.store.WithdrawRole(r.ctx, numbered("user:default/u", i), "administrator", admin(), start())
	})
	r.oneWins(errs, 49, token.ErrLastAdmin)
}

func lastEnabledAdministrator(r *rig) {
	r.addUser(alice)
	r.addUser(bob)
	r.must(r.store.SetUserDisabled(r.ctx, bob, true, admin(), start())) // nobody is one yet
	r.grant(bob, "administrator")
	r.must(r.store.SetUserDisabled(r.ctx, bob, false, admin(), start()))
	r.grant(alice, "administrator")
	r.must(r.store.SetUserDisabled(r.ctx, bob, true, admin(), start()))
	r.refused(r.store.SetUserDisabled(r.ctx, alice, true, admin(), start()), token.ErrLastAdmin)
	r.refused(r.store.WithdrawRole(r.ctx, alice, "administrator", admin(), start()), token.ErrLastAdmin)
	r.must(r.store.SetUserDisabled(r.ctx, bob, false, admin(), start()))
	r.must(r.store.SetUserDisabled(r.ctx, alice, true, admin(), start()))
}

func lastEnabledAtOnce(r *rig) {
	for i := range 50 {
		r.addUser(numbered("user:default/u", i))
		r.grant(numbered("user:default/u", i), "administrator")
	}
	errs := parallel(50, func(i int) error {
		return r.store.SetUserDisabled(r.ctx, numbered("user:default/u", i), true, admin(), start())
	})
	r.oneWins(errs, 49, token.ErrLastAdmin)
}

func lastAdministratorByGroup(r *rig) {
	r.addUser(alice)
	r.addUser(bob)
	r.must(r.store.AddGroup(r.ctx, token.Group{Ref: platform, CreatedAt: start()}, admin()))
	r.must(r.store.AddGroup(r.ctx, token.Group{Ref: data, CreatedAt: start()}, admin()))
	r.grant(data, "administrator") // a group of nobody
	for _, user := range []string{alice, bob} {
		r.must(r.store.JoinGroup(r.ctx, platform, user, admin(), start()))
	}
	r.grant(platform, "administrator")
	r.must(r.store.SetUserDisabled(r.ctx, bob, true, admin(), start()))
	entries := len(r.history(audit.Query{}))
	r.refused(r.store.LeaveGroup(r.ctx, platform, alice, admin(), start()), token.ErrLastAdmin)
	r.refused(r.store.SetUserDisabled(r.ctx, alice, true, admin(), start()), token.ErrLastAdmin)
	r.refused(r.store.WithdrawRole(r.ctx, platform, "administrator", admin(), start()), token.ErrLastAdmin)
	r.same("entries", len(r.history(audit.Query{})), entries)
	r.must(r.store.LeaveGroup(r.ctx, platform, bob, admin(), start()))
	r.grant(alice, "administrator")
	r.must(r.store.LeaveGroup(r.ctx, platform, alice, admin(), start()))
}

func serviceIsNoAdministrator(r *rig) {
	r.addUser(alice)
	r.grant("service-token:"+platform+":ci", "administrator")
	r.grant(alice, "administrator")
	r.refused(r.store.WithdrawRole(r.ctx, alice, "administrator", admin(), start()), token.ErrLastAdmin)
	r.refused(r.store.SetUserDisabled(r.ctx, alice, true, admin(), start()), token.ErrLastAdmin)
	r.must(r.store.WithdrawRole(r.ctx, "service-token:"+platform+":ci", "administrator", admin(), start()))
}

// from is where links come from in these tests.
func from() token.Principal { return token.Principal{Address: "192.0.2.7", RequestID: "request-7"} }

func links(r *rig) {
	l := token.Link{Digest: digestOf("code"), User: alice, ExpiresAt: start().Add(10 * time.Minute)}
	r.must(r.store.AddLink(r.ctx, l, admin(), start()))
	r.told(audit.LinkMade, alice, nil)
	r.refused(r.store.AddLink(r.ctx, l, admin(), start()), token.ErrExists)
	_, err := r.store.UseLink(r.ctx, digestOf("another"), from(), start())
	r.refused(err, token.ErrNotFound)
	_, err = r.store.UseLink(r.ctx, l.Digest, from(), l.ExpiresAt)
	r.refused(err, token.ErrNotFound)
	entries := len(r.history(audit.Query{}))
	used, err := r.store.UseLink(r.ctx, l.Digest, from(), l.ExpiresAt.Add(-time.Microsecond))
	r.must(err)
	r.same("link", used, l)
	e := r.history(audit.Query{Limit: 1})[0]
	r.same("action", e.Action, audit.LinkUsed)
	r.same("actor", e.Actor, alice)
	r.same("address", e.Address, from().Address)
	r.same("request", e.RequestID, from().RequestID)
	_, err = r.store.UseLink(r.ctx, l.Digest, from(), start())
	r.refused(err, token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{})), entries+1)
}

func linkAtOnce(r *rig) {
	l := token.Link{Digest: digestOf("code"), User: alice, ExpiresAt: start().Add(10 * time.Minute)}
	r.must(r.store.AddLink(r.ctx, l, admin(), start()))
	errs := parallel(50, func(int) error {
		_, err := r.store.UseLink(r.ctx, l.Digest, from(), start())
		return err
	})
	r.oneWins(errs, 1, token.ErrNotFound)
}

func keys(r *rig) {
	key := func(kid string, use token.KeyUse, at time.Time) token.KeyRecord {
		k := token.KeyRecord{
			KID: kid, Use: use, Algorithm: "ES256", Public: []byte{1, 0, 2}, Sealed: []byte{3, 0, 4},
			CreatedBy: admin().Ref, CreatedAt: at,
		}
		r.must(r.store.AddKey(r.ctx, k, admin()))
		return k
	}
	first := key("z", token.KeyUseAccess, start())
	second := key("a", token.KeyUseLog, start().Add(time.Second))
	r.told(audit.KeyAdded, "a", map[string]string{"use": "log"})
	r.refused(r.store.AddKey(r.ctx, first, admin()), token.ErrExists)

	now := start().Add(2 * time.Second)
	at := start().Add(time.Minute)
	r.must(r.store.RetireKey(r.ctx, "z", at, now, admin()))
	r.told(audit.KeyRetired, "z", map[string]string{"retiredAt": at.Format(time.RFC3339Nano)})
	r.same("the entry's time is when it was done", r.history(audit.Query{Actions: []audit.Action{audit.KeyRetired}})[0].At, now)
	r.must(r.store.RetireKey(r.ctx, "z", at.Add(time.Hour), now, admin()))
	at = at.Add(-time.Second) // may be brought forward, and not put off
	r.must(r.store.RetireKey(r.ctx, "z", at, now, admin()))
	r.must(r.store.RemoveKey(r.ctx, "a", at.Add(time.Second), admin()))
	r.told(audit.KeyRemoved, "a", nil)
	r.must(r.store.RemoveKey(r.ctx, "a", at.Add(time.Hour), admin()))
	r.must(r.store.RetireKey(r.ctx, "a", at.Add(time.Hour), at, admin()))
	r.refused(r.store.RetireKey(r.ctx, "none", at, at, admin()), token.ErrNotFound)
	r.refused(r.store.RemoveKey(r.ctx, "none", at, admin()), token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{})), 5)

	first.RetiredAt = at
	second.RemovedAt, second.Sealed = at.Add(time.Second), nil
	list, err := r.store.ListKeys(r.ctx)
	r.must(err)
	r.same("keys", list, []token.KeyRecord{first, second})
}

func keysAtOnce(r *rig) {
	key := func(kid string, use token.KeyUse) token.KeyRecord {
		return token.KeyRecord{KID: kid, Use: use, Algorithm: "ES256", Public: []byte{1}, Sealed: []byte{2}, CreatedBy: admin().Ref, CreatedAt: start()}
	}
	r.must(r.store.AddKeyAfter(r.ctx, "", key("a", token.KeyUseLog), admin()))
	r.must(r.store.AddKey(r.ctx, key("b", token.KeyUseAccess), admin()))
	errs := parallel(20, func(i int) error {
		return r.store.AddKeyAfter(r.ctx, "a", key(fmt.Sprintf("c%d", i), token.KeyUseLog), admin())
	})
	r.oneWins(errs, 1, token.ErrConflict)
	r.refused(r.store.AddKeyAfter(r.ctx, "", key("d", token.KeyUseLog), admin()), token.ErrConflict)
}
