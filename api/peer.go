package api

import "time"

// Paths of peers below Base.
const (
	PathPeers       = "/peers"
	PathPeerDisable = "/peers/disable"
	PathPeerEnable  = "/peers/enable"
)

// Peer is a service that may show tokens of its own, as it is configured.
type Peer struct {
	// Name is that of the configuration. A peer that has none there is named
	// by its subject.
	Name string `json:"name"`
	// Types are those of its credentials: secret, static, jwks, plugin. None
	// means that it is not configured any more.
	Types   []string `json:"types"`
	Subject string   `json:"subject,omitempty"`
	// Unrestricted peers may do everything.
	Unrestricted bool `json:"unrestricted,omitempty"`
	// Short says that a secret of it is shorter than it should stay.
	Short      bool      `json:"short,omitempty"`
	DisabledAt time.Time `json:"disabledAt,omitzero"`
	DisabledBy string    `json:"disabledBy,omitempty"`
	// Damaged says that what is kept of a switch is damaged. As long as it is,
	// every peer is refused; the name may be another's.
	Damaged bool `json:"damaged,omitempty"`
}

// Peers is the list of peers.
type Peers struct {
	Peers []Peer `json:"peers"`
}

// PeerRequest names a peer.
type PeerRequest struct {
	Name string `json:"name"`
}
