package token

import "time"

// DisabledPeer is a peer that was switched off: whoever shows its credential is
// refused until it is switched on again, and so is whoever acts for it.
type DisabledPeer struct {
	// Name is how the configuration names the peer; see peer.CallerInfo.
	Name       string
	DisabledBy string // ref of the principal
	DisabledAt time.Time
	// Subjects and SubjectLeads are those of the peer when it was switched off;
	// see peer.CallerInfo.
	Subjects     []Subject
	SubjectLeads []string
	// Damaged says that what is kept of the switch is not as it was written. Then
	// nothing is known but that some peer was switched off: the name may be
	// another's, and every other field is zero.
	Damaged bool
}
