package proof_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/policy"
)

// holder is somebody who presents a credential.
type holder struct {
	name string // a ref, where the holder has one
	raw  string // "" = nobody
	good bool   // a credential for an API that administers tokens
	// carries are the scopes by which the credential opens what stands behind
	// forward-auth; nil for one that opens nothing there.
	carries []string

	person  bool
	derived bool     // came out of a longer-lived token, or was narrowed
	peer    bool     // a back end
	trusted bool     // one that may act for people
	all     bool     // holds every permission
	holds   []string // the permissions it was given
	only    []string // what a limited peer or a narrowed JWT may do at most; nil = no limit
	cookies string   // of a browser in which this person signed in
	alike   bool     // one of many that hold one permission each
}

func (h *holder) holdsAll(needs []policy.Permission) bool {
	lacks := func(p policy.Permission) bool { return !h.may(string(p)) }
	return h.good && !slices.ContainsFunc(needs, lacks)
}

// rights gathers the roles of the holders for the configuration.
type rights struct {
	roles, bindings strings.Builder
	holders         []*holder
}

// grant adds a holder who holds these permissions by a role of their own.
func (r *rights) grant(h *holder) *holder {
	r.holders = append(r.holders, h)
	switch {
	case h.all:
		fmt.Fprintf(&r.bindings, "  - {role: administrator, to: [%q]}\n", h.name)
	case len(h.holds) > 0:
		role := fmt.Sprintf("role-%d", len(r.holders))
		fmt.Fprintf(&r.roles, "  %s: ['%s']\n", role, strings.Join(h.holds, "', '"))
		fmt.Fprintf(&r.bindings, "  - {role: %s, to: [%q]}\n", role, h.name)
	}
	return h
}

// everybody gives people and services with one permission, with all, with none
// and with some that belong together, and the configuration that says so.
func everybody() (config string, holders []*holder) {
	var r rights
	for i, permission := range policy.Permissions() {
		r.grant(&holder{name: fmt.Sprintf("user:default/only-%d", i), person: true, good: true, holds: []string{string(permission)}, alike: true})
		if !slices.Contains(issuing, string(permission)) && !strings.Contains(string(permission), ":user") {
			r.grant(service(fmt.Sprintf("only-%d", i), string(permission))).alike = true
		}
	}
	tokens := []string{string(policy.ServiceRead), string(policy.ServiceRevoke), string(policy.ServiceWrite)}
	for _, h := range []*holder{
		{name: "a stranger"},
		{name: "a bad token", raw: "bsat_junk"},
		{name: "user:default/bob", person: true, good: true},
		{name: "user:default/root", person: true, good: true, all: true},
		{name: "user:default/keeper", person: true, good: true, holds: tokens},
		service("nothing"), service("sweeper", tokens[:2]...),
	} {
		r.grant(h)
	}
	everything := service("everything")
	everything.all = true
	r.grant(everything)
	return r.config(), r.holders
}

func (r *rights) config() string {
	return "default_role: none\nroles:\n" + r.roles.String() + "bindings:\n" + r.bindings.String()
}

// service is a service token of the platform group that carries one scope.
func service(name string, holds ...string) *holder {
	return &holder{name: "service-token:" + platform + ":" + name, good: true, holds: holds, carries: []string{held}}
}

// credential makes the credential of a holder who has none yet.
func (v visitor) credential(h *holder) {
	v.t.Helper()
	switch {
	case h.raw != "" || !h.good || h.peer:
	case h.name == "user:default/bob":
		h.raw = v.s.UserToken(h.name)
	case h.person:
		h.raw = v.addUser(h.name)
	default:
		name := h.name[strings.LastIndexByte(h.name, ':')+1:]
		h.raw = v.s.Issue(platform, name, h.carries...).Secret.Reveal()
	}
}
