package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func peerBehaviours() []behaviour {
	return []behaviour{
		{"peers are switched off, listed and switched on", peers},
		{"whom a peer spoke for is kept with its switch", peerSubjects},
		{"of fifty that switch a peer off at once one does", peerAtOnce},
	}
}

// switchPeer switches a peer off or on.
func (r *rig) switchPeer(name string, disabled bool, at time.Time) error {
	action := audit.PeerEnabled
	if disabled {
		action = audit.PeerDisabled
	}
	entry := audit.NewEntry(action, admin(), at)
	entry.Name = name
	return r.store.SetPeerDisabled(r.ctx, token.DisabledPeer{Name: name, DisabledBy: admin().Ref, DisabledAt: at}, disabled, entry)
}

func (r *rig) disabledPeers(what string, want ...token.DisabledPeer) {
	r.Helper()
	got, err := r.store.ListDisabledPeers(r.ctx)
	r.must(err)
	r.same(what, append([]token.DisabledPeer{}, got...), append([]token.DisabledPeer{}, want...))
}

func peers(r *rig) {
	at := start()
	r.disabledPeers("at first")
	r.must(r.switchPeer("search", true, at))
	r.told(audit.PeerDisabled, "search", nil)
	r.must(r.switchPeer("ci", true, at.Add(time.Minute)))
	search := token.DisabledPeer{Name: "search", DisabledBy: admin().Ref, DisabledAt: at}
	ci := token.DisabledPeer{Name: "ci", DisabledBy: admin().Ref, DisabledAt: at.Add(time.Minute)}
	r.disabledPeers("two of them", ci, search)

	entries := len(r.history(audit.Query{}))
	r.must(r.switchPeer("ci", true, at.Add(time.Hour)))
	r.must(r.switchPeer("catalog", false, at.Add(time.Hour)))
	r.disabledPeers("what is so already", ci, search)
	r.same("entries", len(r.history(audit.Query{})), entries)

	r.must(r.switchPeer("ci", false, at.Add(time.Hour)))
	r.told(audit.PeerEnabled, "ci", nil)
	r.disabledPeers("one of them", search)
}

func peerSubjects(r *rig) {
	gha := token.DisabledPeer{
		Name: "gha", DisabledBy: admin().Ref, DisabledAt: start(),
		Subjects: []token.Subject{"external:gha", "external:other"}, SubjectLeads: []string{"external:gha:"},
	}
	entry := audit.NewEntry(audit.PeerDisabled, admin(), start())
	r.must(r.store.SetPeerDisabled(r.ctx, gha, true, entry))
	r.disabledPeers("with whom it spoke for", gha)
}

func peerAtOnce(r *rig) {
	errs := parallel(50, func(int) error { return r.switchPeer("ci", true, start()) })
	for _, err := range errs {
		r.must(err)
	}
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.PeerDisabled}})), 1)
}
