package server

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/surface/admin"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// peerSwitches keeps which peers were switched off.
type peerSwitches interface {
	// SetPeerDisabled switches a peer off (true) or on; e tells of it.
	SetPeerDisabled(ctx context.Context, p token.DisabledPeer, disabled bool, e audit.Entry) error
	ListDisabledPeers(ctx context.Context) ([]token.DisabledPeer, error)
}

// peers are the configured peers but for those that were switched off
// (PEER-28). Which those are comes with the log, as a withdrawn role does: as
// long as the log is heard, verifying a peer reads nothing.
type peers struct {
	manager *peer.TokenManager
	store   peerSwitches
	// heard reports whether the log was heard within the lease.
	heard func() bool
	// reading makes sure that an older list never replaces a newer one.
	reading sync.Mutex
	off     atomic.Pointer[offPeers] // nil: not known now
}

// offPeers are those that were switched off.
type offPeers struct {
	names map[string]token.DisabledPeer
	// subjects are theirs: whoever acts for one is refused with it.
	subjects map[token.Subject]bool
}

// Authenticate implements verify.Peers.
func (p *peers) Authenticate(ctx context.Context, raw string) (*peer.Principal, error) {
	who, err := p.manager.Authenticate(ctx, raw)
	if err != nil {
		return nil, err
	}
	off, err := p.switchedOff(ctx)
	if err != nil {
		return nil, err
	}
	if _, is := off.names[who.Caller]; is || off.subjects[who.OnBehalfOf] {
		return nil, token.ErrDisabled
	}
	return who, nil
}

// switchedOff gives who is switched off: what the log said as long as it is
// heard, else what the store says now.
func (p *peers) switchedOff(ctx context.Context) (*offPeers, error) {
	if off := p.off.Load(); off != nil && p.heard() {
		return off, nil
	}
	return p.read(ctx)
}

// reload takes over what was switched. When that cannot be read the former list
// is not used any more: the store is asked each time until it can.
func (p *peers) reload(ctx context.Context) error {
	p.reading.Lock()
	defer p.reading.Unlock()
	off, err := p.read(ctx)
	p.off.Store(off)
	return err
}

func (p *peers) read(ctx context.Context) (*offPeers, error) {
	ctx, cancel := context.WithTimeout(ctx, reloadDeadline)
	defer cancel()
	list, err := p.store.ListDisabledPeers(ctx)
	if err != nil {
		return nil, token.Unavailable(fmt.Errorf("server: read which peers are switched off: %w", err))
	}
	off := &offPeers{names: make(map[string]token.DisabledPeer, len(list)), subjects: map[token.Subject]bool{}}
	for _, one := range list {
		off.names[one.Name] = one
	}
	for _, one := range p.manager.Callers() {
		if _, is := off.names[one.Name]; is && one.Subject != "" {
			off.subjects[one.Subject] = true
		}
	}
	return off, nil
}

// weak says which callers work with a secret that should not stay: one that is
// shorter than it should be, or one of development. nil when there is none.
func (p *peers) weak() error {
	var names []string
	for _, one := range p.manager.Callers() {
		if one.Short {
			names = append(names, one.Name)
		}
	}
	if p.manager.Development() {
		names = append(names, "the secret of development")
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("shorter or weaker than it should stay: %s", strings.Join(names, ", "))
}

// peersChanged takes over what was switched on this node.
func (s *Server) peersChanged() {
	ctx := context.Background() // the reading has a deadline of its own
	if err := s.reload(ctx, token.Change{Peers: true}); err != nil {
		s.fault(ctx, "peers", err)
	}
}

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
	list, err := a.List(ctx)
	if err != nil {
		return err
	}
	for _, one := range list {
		if one.Name != name {
			continue
		}
		at := a.s.forward().UTC()
		entry := audit.NewEntry(action, by, at)
		entry.Name, entry.Subject = name, string(one.Subject)
		p := token.DisabledPeer{Name: name, DisabledBy: by.Ref, DisabledAt: at}
		if err := a.s.store.SetPeerDisabled(ctx, p, disabled, entry); err != nil {
			return err
		}
		a.s.changed(token.Change{Peers: true})
		return nil
	}
	return token.NewError(token.ErrNotFound, "No peer is called that; see: tokenwright peer list", nil)
}
