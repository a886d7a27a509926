package server

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// grantLister reads the roles that were given at run time.
type grantLister interface {
	ListRoleGrants(ctx context.Context) ([]token.RoleGrant, error)
}

// rights is the policy in force: the configured bindings together with the
// roles given at run time. Asking it takes no lock.
type rights struct {
	configured policy.Table
	store      grantLister
	// reading makes sure that an older list never replaces a newer one.
	reading sync.Mutex
	current atomic.Pointer[policy.Table]
	// distrusted is true while the policy in force is known to be an old one.
	distrusted atomic.Bool
}

func newRights(configured policy.Table, store grantLister) *rights {
	r := &rights{configured: configured, store: store}
	r.current.Store(&configured)
	return r
}

// table gives the policy in force.
func (r *rights) table() policy.Table { return *r.current.Load() }

// distrust stops using a policy that is known to be an old one. Until the next
// reload every decision is token.ErrUnavailable, which is neither an allowance
// that was withdrawn nor a refusal that nobody meant (row C10).
func (r *rights) distrust() {
	r.reading.Lock()
	defer r.reading.Unlock()
	unknown := r.table().Unknown()
	r.current.Store(&unknown)
	r.distrusted.Store(true)
}

// reload reads the granted roles again. When they cannot be read the former
// policy stays.
func (r *rights) reload(ctx context.Context) error {
	r.reading.Lock()
	defer r.reading.Unlock()
	grants, err := r.store.ListRoleGrants(ctx)
	if err != nil {
		return fmt.Errorf("server: read the granted roles: %w", err)
	}
	next := r.with(grants)
	r.current.Store(&next)
	r.distrusted.Store(false)
	return nil
}

// with gives the policy under which these roles are granted.
func (r *rights) with(grants []token.RoleGrant) policy.Table {
	bindings := make([]policy.Binding, len(grants))
	for i, g := range grants {
		bindings[i] = policy.Binding{Role: g.Role, To: []string{g.Ref}}
	}
	return r.configured.With(bindings)
}
