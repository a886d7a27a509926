package token

// Kind is one of the five sorts of token. (OAuth owns the word "type".)
type Kind string

// The kinds.
const (
	KindService   Kind = "service"   // opaque, for a group, issued by an administrator
	KindPersonal  Kind = "personal"  // refresh token of a user, exchanged for access JWTs
	KindWorkspace Kind = "workspace" // HS256 JWT bound to a workspace
	KindUser      Kind = "user"      // opaque, assigned to a user by an administrator
	KindPeer      Kind = "peer"      // HS256 JWT between services, not kept
	// KindAccess is the short-lived access JWT of a person. It is not one of
	// the five kept kinds: it is what a sign-in or an exchange gives.
	KindAccess Kind = "access"
	// KindRefresh is what a person has let an OAuth client do: a record whose
	// secret, if it has one, is the client's refresh token. Its name is the id
	// of the client. People do not issue it and it is in no list of tokens.
	KindRefresh Kind = "refresh"
)

// Kinds lists the five kinds in their documented order.
func Kinds() []Kind {
	return []Kind{KindService, KindPersonal, KindWorkspace, KindUser, KindPeer}
}

// ParseKind reads a kind's name.
func ParseKind(s string) (Kind, error) {
	for _, k := range Kinds() {
		if s == string(k) {
			return k, nil
		}
	}
	return "", Invalid("kind must be one of service, personal, workspace, user, peer")
}
