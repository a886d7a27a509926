package store

import "context"

// integrityChecker is a back end that can read through its own files.
type integrityChecker interface {
	CheckIntegrity(ctx context.Context) error
}

// CheckIntegrity lets the database read through its files and say what is
// damaged in them, while it is in use (K-05). asked is false where a database
// leaves that to tools of its own, as PostgreSQL does. A value that was changed
// into another good one shows in the verification of the log alone.
func (s *Store) CheckIntegrity(ctx context.Context) (asked bool, err error) {
	checker, asked := s.backend.(integrityChecker)
	if !asked {
		return false, nil
	}
	return true, checker.CheckIntegrity(ctx)
}
