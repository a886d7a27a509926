package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/audit"
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
	// forget makes unusable what is cached of the credentials of peers.
	forget func()
	// reading makes sure that an older list never replaces a newer one.
	reading sync.Mutex
	off     atomic.Pointer[offPeers] // nil: not known now
	// damaged is what the last reading found.
	damaged atomic.Pointer[damagedSwitches]
}

// damagedSwitches are the names that damaged rows have. A name may itself be what
// was damaged, so it does not say who was switched off, and all are refused (K-05).
type damagedSwitches []string

func (d damagedSwitches) Error() string {
	return fmt.Sprintf("what is kept of the switch of these peers is damaged, so every peer is refused: %q", []string(d))
}

// offPeers are those that were switched off, and whom they speak for: whoever acts
// for one of them is refused with it.
type offPeers struct {
	names    map[string]bool
	subjects map[token.Subject]bool
	leads    []string // how the subjects of issuers begin
}

func (o *offPeers) add(subjects []token.Subject, leads []string) {
	for _, one := range subjects {
		o.subjects[one] = true
	}
	o.leads = append(o.leads, leads...)
}

// refuses reports whether a principal is one of them, or acts for one.
func (o *offPeers) refuses(who *peer.Principal) bool {
	return o.names[who.Caller] || o.speakFor(who.OnBehalfOf)
}

// speakFor reports whether one of them speaks for a subject.
func (o *offPeers) speakFor(subject token.Subject) bool {
	return o.subjects[subject] ||
		slices.ContainsFunc(o.leads, func(lead string) bool { return strings.HasPrefix(string(subject), lead) })
}

// Authenticate implements verify.Peers.
func (p *peers) Authenticate(ctx context.Context, raw string) (*peer.Principal, error) {
	who, err := p.manager.Authenticate(ctx, raw)
	if err != nil {
		return nil, err
	}
	off := p.off.Load()
	if off != nil && p.heard() {
		if off.refuses(who) {
			return nil, token.ErrDisabled
		}
		return who, nil
	}
	now, err := p.read(ctx)
	switch {
	case err != nil:
		return nil, err
	case !now.refuses(who):
		return who, nil
	}
	if off == nil || !off.refuses(who) {
		if err := p.catchUp(ctx); err != nil {
			return nil, err
		}
	}
	return nil, token.ErrDisabled
}

// catchUp takes over what the store said before the log did, so that a peer who was
// refused once is not accepted when the log is heard again, up to before the switch.
func (p *peers) catchUp(ctx context.Context) error {
	defer p.forget()
	return p.reload(ctx)
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

// read gives who is switched off as the store says. With a damaged one among them
// nobody knows who is, and the error is token.ErrUnavailable with damagedSwitches.
func (p *peers) read(ctx context.Context) (*offPeers, error) {
	ctx, cancel := context.WithTimeout(ctx, reloadDeadline)
	defer cancel()
	list, err := p.store.ListDisabledPeers(ctx)
	if err != nil {
		return nil, token.Unavailable(fmt.Errorf("server: read which peers are switched off: %w", err))
	}
	var damaged damagedSwitches
	off := &offPeers{names: make(map[string]bool, len(list)), subjects: map[token.Subject]bool{}}
	for _, one := range list {
		if one.Damaged {
			damaged = append(damaged, one.Name)
		}
		off.names[one.Name] = true
		off.add(one.Subjects, one.SubjectLeads)
	}
	p.damaged.Store(&damaged)
	if len(damaged) > 0 {
		return nil, token.Unavailable(damaged)
	}
	for _, one := range p.manager.Callers() {
		if off.names[one.Name] {
			off.add(one.Subjects, one.SubjectLeads)
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

// impaired says what is wrong with peers on a node that serves all the same.
func (p *peers) impaired() error {
	if damaged := p.damaged.Load(); damaged != nil && len(*damaged) > 0 {
		return *damaged
	}
	return p.weak()
}

// reloadPeers takes over what was switched. A damaged row is no fault of it: peers
// are refused, and the operator is told. Were it a fault here, one row would keep
// every node from starting and from hearing the log.
func (s *Server) reloadPeers(ctx context.Context) error {
	err := s.peers.reload(ctx)
	if damaged := damagedSwitches(nil); errors.As(err, &damaged) {
		s.fault(ctx, "peers", err)
		return nil
	}
	return err
}

// peersChanged takes over what was switched on this node.
func (s *Server) peersChanged() {
	ctx := context.Background() // the reading has a deadline of its own
	if err := s.reload(ctx, token.Change{Peers: true}); err != nil {
		s.fault(ctx, "peers", err)
	}
}
