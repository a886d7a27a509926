package server

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/store"
)

// How far the clock of the database may be from ours. Expiries are judged by
// ours and entries are dated by it, so nodes that differ from the database
// differ from each other.
const (
	skewToWarn = time.Second
	skewToFail = 5 * time.Minute
	// clockStep is how exact the clock of a database is told at the least.
	clockStep = time.Second
)

// sharesDatabase reports whether other hosts may use the database. Then its
// clock is that of all of them; that of SQLite is this host's own.
func (s *Server) sharesDatabase() bool { return s.cfg.Database.Driver == config.DriverPostgres }

// judgeClock refuses a start by a clock that is far from that of the other
// nodes: what this node writes would be dated wrongly for good, and entries of
// the future keep nodes from being ready.
func (s *Server) judgeClock(ctx context.Context) (store.Health, error) {
	health, skew, err := s.compareClocks(ctx)
	if err == nil && !s.opts.AnyClock && s.sharesDatabase() && skew.Abs() > skewToFail {
		err = fmt.Errorf("the clock of this host shows %s and that of the database %s: more than %s apart, neither expiries nor the order of the log "+
			"can be relied on; set the wrong one right, let both hosts follow a time server (NTP), and start again",
			s.opts.Clock().UTC().Format(time.RFC3339), health.Now.Format(time.RFC3339), skewToFail)
	}
	return health, err
}

// compareClocks asks the database for its clock, and gives how far that is
// ahead of ours at the least; negative when it is behind.
func (s *Server) compareClocks(ctx context.Context) (health store.Health, skew time.Duration, err error) {
	before := s.opts.Clock()
	if health, err = s.store.Health(ctx); err != nil {
		return health, 0, err
	}
	after := s.opts.Clock()
	switch {
	case health.Now.After(after):
		skew = health.Now.Sub(after)
	case health.Now.Add(clockStep).Before(before):
		skew = health.Now.Add(clockStep).Sub(before)
	}
	return health, skew, nil
}
