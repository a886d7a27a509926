package server

import (
	"context"
	"log/slog"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// buildPeers makes what verifies the tokens of other services, and says at
// every start what an operator should know of them. Without a section about
// peers there is none, and every such token is refused.
func (s *Server) buildPeers(ctx context.Context) error {
	if !s.cfg.HasPeers() {
		return nil
	}
	opts, err := s.cfg.PeerOptions(func(url string) (peer.KeySource, error) {
		keys, err := login.NewRemoteKeys(url, s.opts.Clock)
		if err != nil {
			return nil, err
		}
		return keys.OnlyPublic(s.cfg.Peer.PrivateHosts), nil
	})
	if err != nil {
		return err
	}
	opts.Clock = s.forward
	if opts.Users, err = s.limitedUserKeys(); err != nil {
		return err
	}
	manager, err := s.cfg.NewPeers(opts)
	if err != nil {
		return err
	}
	s.peers = &peers{
		manager: manager, store: s.store, heard: func() bool { return s.verifier.Ready() },
		forget: func() { s.verifier.Apply(token.Change{Peers: true}) },
	}
	for _, note := range manager.Notes() {
		s.log.WarnContext(ctx, "a peer is not as it should stay", slog.String("peer", note.Peer), slog.String("text", note.Text))
	}
	return nil
}

// limitedUserKeys gives the keys by which a plugin proves for whom it acts:
// those of the one issuer of users. Such a proof names no issuer, so with two
// of them it could be either's, and none is taken.
func (s *Server) limitedUserKeys() (peer.KeySource, error) {
	var users []config.Issuer
	for _, one := range s.cfg.SignIn.Issuers {
		if one.Type == "" || one.Type == login.AccessType {
			users = append(users, one)
		}
	}
	if len(users) != 1 || len(s.cfg.Peer.Plugins) == 0 {
		return nil, nil
	}
	return login.NewRemoteKeys(users[0].JWKSURI, s.opts.Clock)
}

// verifyPeers gives the peers for the verifier; a nil manager must not become
// an interface that is not nil.
func (s *Server) verifyPeers() verify.Peers {
	if s.peers == nil {
		return nil
	}
	return s.peers
}
