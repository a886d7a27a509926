package policy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Document is a policy as the operator wrote it.
type Document struct {
	// Roles gives the names of the permissions of each role. The built-in
	// roles are not among them.
	Roles    map[string][]string
	Bindings []Binding
	// DefaultRole is held by every person who is signed in and enabled. "" and
	// NoRole give people nothing by being people.
	DefaultRole string
}

// NoRole is the DefaultRole that is none.
const NoRole = "none"

// Binding gives a role to somebody.
type Binding struct {
	Role string
	// To names who holds the role: user refs ("user:default/alice"), group
	// refs ("group:default/platform") and subjects of service tokens
	// ("service-token:group:default/platform:ci"). Always with their kind.
	To []string
	// Groups limits the role to tokens owned by these groups. Nil means the
	// tokens of every owner. An empty list is a fault and never means all.
	Groups []string
}

// Fault is something wrong in a Document.
type Fault struct {
	Field   string // where: "bindings[2].to[0]", "roles.token-admin[1]"
	Message string // what, and how to mend it
}

// Error gives place and message.
func (f *Fault) Error() string { return f.Field + ": " + f.Message }

// Unwrap gives token.ErrInvalid.
func (f *Fault) Unwrap() error { return token.ErrInvalid }

// Warning is something in a Document that works, but not as its writer may
// think.
type Warning struct {
	Field   string // as in Fault
	Message string
}

// String gives place and message.
func (w Warning) String() string { return w.Field + ": " + w.Message }

func fault(field, format string, args ...any) *Fault {
	return &Fault{field, fmt.Sprintf(format, args...)}
}

func indexed(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// joinNames lists permissions for a message.
func joinNames(permissions []Permission) string {
	names := make([]string, len(permissions))
	for i, p := range permissions {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}
