package token

import "time"

// DisabledPeer is a peer that was switched off: whoever shows its credential is
// refused until it is switched on again.
type DisabledPeer struct {
	// Name is how the configuration names the peer; see peer.CallerInfo.
	Name       string
	DisabledBy string // ref of the principal
	DisabledAt time.Time
}
