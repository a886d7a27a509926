package server

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/internal/surface/ops"
	"github.com/tokenwright/tokenwright/internal/web"
)

// Stopping takes ten seconds at the most: this long for requests under way,
// the rest for what has to be written.
const (
	drainDeadline = 7 * time.Second
	flushDeadline = 2 * time.Second
)

// openDoors puts a server behind each listener.
func (s *Server) openDoors(context.Context) error {
	strangers := []*door{&s.public}
	if s.rpc != nil {
		strangers = append(strangers, s.rpc)
	}
	if err := s.admitOnly(strangers...); err != nil {
		return err
	}
	s.public.server = web.NewServer(s.mux, s.log)
	s.public.server.RegisterOnShutdown(s.news.Close)
	s.admin.server = web.NewServer(s.mux.Local(localPrincipal), s.log)
	s.admin.server.ConnContext = withLocal
	if s.rpc != nil {
		s.rpc.server = web.NewServer(s.rpcHandler(), s.log)
	}
	if s.ops != nil {
		s.ops.server = web.NewServer(ops.Handler(s.metrics.registry, s.log), s.log)
		// A profile runs for as long as it is asked to.
		s.ops.server.WriteTimeout = 0
	}
	return nil
}

func (s *Server) doors() []door {
	doors := []door{s.public, s.admin}
	for _, further := range []*door{s.ops, s.rpc} {
		if further != nil {
			doors = append(doors, *further)
		}
	}
	return doors
}

// Serve serves until ctx ends or a listener fails. It then stops being ready,
// finishes what it has begun, writes what it holds in memory and closes
// everything.
func (s *Server) Serve(ctx context.Context) error {
	defer runtime.KeepAlive(reserveHeadroom())
	// Background work outlives ctx: requests that finish still need it.
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var work sync.WaitGroup
	for _, one := range s.work() {
		work.Go(func() { one(working) })
	}
	failed := make(chan error, len(s.doors()))
	for _, d := range s.doors() {
		s.log.InfoContext(ctx, "listening", slog.String("door", d.name), d.address())
		go func() { failed <- d.serve() }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	s.drain(ctx)
	stopWork()
	work.Wait()
	s.flush(ctx)
	err = errors.Join(err, s.close())
	s.log.InfoContext(ctx, "stopped")
	return err
}

// drain takes no more requests and waits for those under way. Being cut off
// by the deadline is not a failed stop: clients that never end are theirs.
func (s *Server) drain(ctx context.Context) {
	s.health.stopping.Store(true)
	s.log.InfoContext(ctx, "stopping")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainDeadline)
	defer cancel()
	var shutting sync.WaitGroup
	for _, d := range s.doors() {
		shutting.Go(func() {
			if err := d.shut(ctx); err != nil {
				s.log.WarnContext(ctx, "requests were cut off", slog.String("door", d.name), slog.Any("cause", err))
			}
		})
	}
	shutting.Wait()
}

// flush writes the last uses. They are for people, so a store that does not
// answer does not make the stop a failed one.
func (s *Server) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushDeadline)
	defer cancel()
	if err := s.WriteUsage(ctx); err != nil {
		s.log.WarnContext(ctx, "the last uses were not written", slog.Any("cause", err))
	}
	if err := s.sessions.Flush(ctx, s.store); err != nil {
		s.log.WarnContext(ctx, "the last uses of sessions were not written", slog.Any("cause", err))
	}
}
