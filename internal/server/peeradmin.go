package server

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/surface/admin"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// peersOf gives administrators the peers and their switches.
func (s *Server) peersOf() admin.Peers { return peerAdmin{s} }

// peerAdmin lists and switches. Whoever calls it has passed the gate.
type peerAdmin struct{ s *Server }

// List implements admin.Peers. One that is switched off is listed though it is
// not configured any more.
func (a peerAdmin) List(ctx context.Context) ([]admin.Peer, error) {
	disabled, err := a.s.store.ListDisabledPeers(ctx)
	if err != nil {
		return nil, err
	}
	off := map[string]token.DisabledPeer{}
	for _, one := range disabled {
		off[one.Name] = one
	}
	var list []admin.Peer
	if a.s.peers != nil {
		for _, one := range a.s.peers.manager.Callers() {
			list = append(list, admin.Peer{CallerInfo: one, Disabled: off[one.Name]})
			delete(off, one.Name)
		}
	}
	for _, one := range disabled {
		if _, left := off[one.Name]; left {
			list = append(list, admin.Peer{CallerInfo: peer.CallerInfo{Name: one.Name}, Disabled: one})
		}
	}
	return list, nil
}

// Switch implements admin.Peers. When it returns the change is in force here.
func (a peerAdmin) Switch(ctx context.Context, by token.Principal, name string, disabled bool) error {
	action := audit.PeerEnabled
	if disabled {
		action = audit.PeerDisabled
	}
	one, err := a.find(ctx, name)
	if err != nil {
		return err
	}
	at := a.s.forward().UTC()
	entry := audit.NewEntry(action, by, at)
	entry.Name, entry.Subject = name, string(one.Subject)
	p := token.DisabledPeer{
		Name: name, DisabledBy: by.Ref, DisabledAt: at, Subjects: one.Subjects, SubjectLeads: one.SubjectLeads,
	}
	if err := a.s.store.SetPeerDisabled(ctx, p, disabled, entry); err != nil {
		return err
	}
	a.s.changed(token.Change{Peers: true})
	return nil
}

// find gives a peer by its name. Of one that is configured nothing is read: in an
// emergency it is switched off whatever has become of the others.
func (a peerAdmin) find(ctx context.Context, name string) (peer.CallerInfo, error) {
	if a.s.peers != nil {
		for _, one := range a.s.peers.manager.Callers() {
			if one.Name == name {
				return one, nil
			}
		}
	}
	disabled, err := a.s.store.ListDisabledPeers(ctx)
	if err != nil {
		return peer.CallerInfo{}, err
	}
	for _, one := range disabled {
		if one.Name == name {
			return peer.CallerInfo{Name: name, Subjects: one.Subjects, SubjectLeads: one.SubjectLeads}, nil
		}
	}
	return peer.CallerInfo{}, token.NewError(token.ErrNotFound, "No peer is called that; see: tokenwright peer list", nil)
}
