package proof_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/policy"
)

// holder is somebody who presents a credential.
type holder struct {
	name      string
	raw       string // "" = nobody
	known     bool
	person    bool
	holds     []string
	anyRight  bool // holds every permission
	isBearing bool
}

// may reports what the guard has to say to a holder at a route, from the
// declaration of the route alone: the status it refuses with, or 0.
func (h holder) may(access string) int {
	declared, permission, _ := strings.Cut(access, " with ")
	kind, _, _ := strings.Cut(declared, " ")
	switch {
	case strings.Contains(declared, "signed in in a browser"):
		return http.StatusUnauthorized // a bearer is no credential there
	case strings.HasPrefix(access, "public"):
		return 0
	case access == "admin socket":
		return http.StatusNotFound
	case !h.known, kind == "users" && !h.person:
		return http.StatusUnauthorized
	case permission == "", h.anyRight, slices.Contains(h.holds, permission):
		return 0
	case h.person && slices.Contains(policy.OwnPermissions(), policy.Permission(permission)):
		return 0 // everybody may, about what is theirs
	}
	return http.StatusForbidden
}

func (h holder) holdsAll(needs []policy.Permission) bool {
	lacks := func(p policy.Permission) bool { return !slices.Contains(h.holds, string(p)) }
	return h.anyRight || h.known && !slices.ContainsFunc(needs, lacks)
}

// everybody gives the holders and the configuration that gives them their
// rights.
func everybody() (config string, holders []holder) {
	var roles, bindings strings.Builder
	holders = []holder{
		{name: "a stranger"},
		{name: "a bad token", isBearing: true},
		{name: "a user without rights", person: true, known: true},
		{name: "an administrator", person: true, known: true, anyRight: true},
		{name: "a service without rights", known: true},
	}
	for i, permission := range policy.Permissions() {
		fmt.Fprintf(&roles, "  only-%d: [%q]\n", i, permission)
		to := fmt.Sprintf("user:default/only-%d", i)
		holders = append(holders, holder{name: to, person: true, known: true, holds: []string{string(permission)}})
		if serviceMayHold(permission) {
			service := fmt.Sprintf("service-token:%s:only-%d", platform, i)
			holders = append(holders, holder{name: service, known: true, holds: []string{string(permission)}})
			to += ", " + service
		}
		fmt.Fprintf(&bindings, "  - {role: only-%d, to: [%s]}\n", i, to)
	}
	keeper, sweeper := "user:default/keeper", "service-token:"+platform+":sweeper"
	all := []string{string(policy.ServiceRead), string(policy.ServiceRevoke), string(policy.ServiceWrite)}
	fmt.Fprintf(&roles, "  keeper: [%q, %q, %q]\n  sweeper: [%q, %q]\n", all[0], all[1], all[2], all[0], all[1])
	fmt.Fprintf(&bindings, "  - {role: keeper, to: [%s]}\n  - {role: sweeper, to: [%s]}\n", keeper, sweeper)
	holders = append(holders,
		holder{name: keeper, person: true, known: true, holds: all}, holder{name: sweeper, known: true, holds: all[:2]})
	return "default_role: none\nroles:\n" + roles.String() + "bindings:\n" + bindings.String(), holders
}

// serviceMayHold: what issues or administers cannot be bound to a service.
func serviceMayHold(p policy.Permission) bool {
	return p == policy.ServiceRead || p == policy.ServiceRevoke || p == policy.Introspect ||
		p == policy.AuditRead || p == policy.FeedRead
}

// credential makes the credential of a holder.
func (h holder) credential(v visitor) string {
	switch {
	case h.isBearing:
		return "bsat_junk"
	case !h.known:
		return ""
	case h.anyRight:
		return v.s.UserToken("user:default/admin")
	case h.person && h.holds == nil:
		return v.s.UserToken("user:default/bob")
	case h.person:
		return v.addUser(h.name)
	case h.holds == nil:
		return v.s.Issue(platform, "nothing", held).Secret.Reveal()
	}
	return v.s.Issue(platform, h.name[strings.LastIndexByte(h.name, ':')+1:], held).Secret.Reveal()
}

func (h holder) header() http.Header {
	if h.raw == "" {
		return http.Header{}
	}
	return bearer(h.raw)
}
