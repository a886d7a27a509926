package store

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// roleAdministrator is the role that somebody keeps: without it nobody could
// grant anything any more.
const roleAdministrator = "administrator"

// GrantRole gives a role to a user, group or subject, at g.GrantedAt. A grant
// that exists is token.ErrExists.
func (s *Store) GrantRole(ctx context.Context, g token.RoleGrant, by token.Principal) error {
	entry := roleEntry(audit.NewEntry(audit.RoleGranted, by, g.GrantedAt), g.Ref, g.Role)
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		rows, err := q.InsertRoleGrant(ctx, db.InsertRoleGrantParams{
			Ref: g.Ref, Role: g.Role, GrantedBy: g.GrantedBy, GrantedAt: micros(g.GrantedAt),
		})
		return oneRow(rows, err, token.ErrExists)
	})
}

// WithdrawRole takes a role back. No such grant is token.ErrNotFound, the last
// grant of the administrator's role by which somebody who is not disabled holds
// it token.ErrLastAdmin: two administrators who withdraw each other's role at
// once take turns.
func (s *Store) WithdrawRole(ctx context.Context, ref, role string, by token.Principal, at time.Time) error {
	entry := roleEntry(audit.NewEntry(audit.RoleWithdrawn, by, at), ref, role)
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		return keepAdministrator(ctx, q, func() error {
			rows, err := q.DeleteRoleGrant(ctx, ref, role)
			return oneRow(rows, err, token.ErrNotFound)
		})
	})
}

// keepAdministrator makes a change that may leave nobody with the
// administrator's role, and is token.ErrLastAdmin when it does. Such changes
// take turns. A service that holds the role is nobody: it may not administer.
// Where there was nobody before, as with administrators who are
// named in the configuration alone, there is nobody to keep.
func keepAdministrator(ctx context.Context, q queries, change func() error) error {
	if err := takeTurn(ctx, q, "administrators"); err != nil {
		return err
	}
	before, err := q.CountPeopleGranted(ctx, roleAdministrator)
	if err != nil {
		return err
	}
	if err := change(); err != nil || before == 0 {
		return err
	}
	left, err := q.CountPeopleGranted(ctx, roleAdministrator)
	return oneRow(left, err, token.ErrLastAdmin)
}

// ListRoleGrants gives all grants, ordered by ref and role.
func (s *Store) ListRoleGrants(ctx context.Context) ([]token.RoleGrant, error) {
	grants, err := listRoleGrants(ctx, s.queries())
	return grants, s.explain("list role grants", err)
}

// listRoleGrants is ListRoleGrants, also inside a transaction.
func listRoleGrants(ctx context.Context, q queries) ([]token.RoleGrant, error) {
	rows, err := q.ListRoleGrants(ctx)
	if err != nil {
		return nil, err
	}
	grants := make([]token.RoleGrant, len(rows))
	for i, row := range rows {
		grants[i] = token.RoleGrant{
			Ref: row.Ref, Role: row.Role, GrantedBy: row.GrantedBy, GrantedAt: moment(row.GrantedAt),
		}
	}
	return grants, nil
}

func roleEntry(e audit.Entry, ref, role string) audit.Entry {
	e.Name = role
	return e.With("ref", ref)
}
