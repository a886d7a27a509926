package storetest

import (
	"testing"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/store"
)

// A store provides what its users ask for.
var (
	_ authority.Store = (*store.Store)(nil)
	_ audit.Reader    = (*store.Store)(nil)
)

// behaviour is something that every store does.
type behaviour struct {
	name  string
	check func(r *rig)
}

// Run runs the suite. open gives a new, empty store and closes it when the
// test ends.
func Run(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Helper()
	for _, group := range []struct {
		name       string
		behaviours []behaviour
	}{
		{"tokens", tokenBehaviours()},
		{"names and quotas", limitBehaviours()},
		{"marks", markBehaviours()},
		{"marks on people", markPeopleBehaviours()},
		{"lists", listBehaviours()},
		{"log", logBehaviours()},
		{"entries", entryBehaviours()},
		{"directory", directoryBehaviours()},
		{"lists of the directory", directoryListBehaviours()},
		{"roles, links and keys", grantBehaviours()},
		{"peers", peerBehaviours()},
		{"sessions", sessionBehaviours()},
		{"who is somebody already", reservedBehaviours()},
		{"authorizations", authorizationBehaviours()},
		{"workspace tokens", workspaceBehaviours()},
		{"replaced tokens", replaceBehaviours()},
		{"imports", importBehaviours()},
		{"imported hashes", scryptBehaviours()},
		{"strange text", textBehaviours()},
		{"settling", settleBehaviours()},
		{"clocks that differ", skewBehaviours()},
		{"usage", usageBehaviours()},
		{"surveys", surveyBehaviours()},
		{"health", healthBehaviours()},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, b := range group.behaviours {
				t.Run(b.name, func(t *testing.T) { b.check(newRig(t, open(t))) })
			}
		})
	}
}
