package server

import (
	"context"
	"errors"
	"net"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/store/sqlite"
)

// checkSecrets refuses a start without a secret that the configuration names.
func (s *Server) checkSecrets(context.Context) error { return s.cfg.CheckSecrets() }

// openStorage opens the data folder, the database and the keys.
func (s *Server) openStorage(ctx context.Context) error {
	if err := openData(s.cfg.Data); err != nil {
		return err
	}
	var err error
	if s.store, err = openStore(ctx, s.cfg.Database, s.opts); err != nil {
		return err
	}
	s.onClose(s.store.Close)
	health, err := s.judgeClock(ctx)
	if err != nil {
		return err
	}
	s.schema = health.SchemaVersion
	return s.openKeys(ctx)
}

func openStore(ctx context.Context, database config.Database, opts Options) (*store.Store, error) {
	if database.Driver == config.DriverPostgres {
		return postgres.Open(ctx, database.URL.Reveal(), postgres.Options{Logger: opts.Log})
	}
	return sqlite.Open(ctx, database.Path, sqlite.Options{})
}

// listen binds every listener. Requests that come before Serve wait.
func (s *Server) listen(ctx context.Context) error {
	s.public.name, s.admin.name = "public", "admin"
	var err error
	if s.public.listener, err = listenTCP(ctx, "listen", s.cfg.Listen); err != nil {
		return err
	}
	s.onClose(ignoreClosed(s.public.listener.Close))
	if s.admin.listener, err = listenAdmin(ctx, s.cfg.Data); err != nil {
		return err
	}
	s.onClose(ignoreClosed(s.admin.listener.Close))
	if err := s.listenRPC(ctx); err != nil {
		return err
	}
	if s.cfg.OpsListen == "" {
		return nil
	}
	s.ops = &door{name: "ops"}
	if s.ops.listener, err = listenTCP(ctx, "ops_listen", s.cfg.OpsListen); err != nil {
		return err
	}
	s.onClose(ignoreClosed(s.ops.listener.Close))
	return nil
}

// ignoreClosed makes a second close harmless: a server that was shut down has
// closed its listener already.
func ignoreClosed(shut func() error) func() error {
	return func() error {
		if err := shut(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}
}
