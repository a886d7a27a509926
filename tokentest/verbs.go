package tokentest

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
)

// Admin is a principal that may do everything, for calls of the Authority.
func Admin() token.Principal {
	return token.Principal{Type: token.PrincipalLocal, Ref: "local:tokentest"}
}

// UserToken gives an access JWT of a user of the directory, good for an hour.
func (s *Server) UserToken(ref string) string {
	s.t.Helper()
	made, err := s.core.AccessTokens().Issue(context.WithoutCancel(s.t.Context()), Admin(), ref, time.Hour)
	if err != nil {
		s.t.Fatalf("tokentest: access token of %s: %v", ref, err)
	}
	return made.Token.Reveal()
}

// Issue issues a service token of a group with the default lifetime.
func (s *Server) Issue(group, name string, scopes ...string) token.Issued {
	s.t.Helper()
	issued, err := s.Authority().Issue(context.WithoutCancel(s.t.Context()), Admin(), authority.Request{
		Kind: token.KindService, Name: name, Description: "made by a test", Owner: group, Scopes: scopes,
	})
	if err != nil {
		s.t.Fatalf("tokentest: issue %s: %v", name, err)
	}
	return issued
}

// Revoke revokes a token.
func (s *Server) Revoke(issued token.Issued) {
	s.t.Helper()
	_, err := s.Authority().Revoke(context.WithoutCancel(s.t.Context()), Admin(), issued.Token.Kind,
		token.Revocation{TokenID: issued.Token.ID, Reason: "revoked by a test"})
	if err != nil {
		s.t.Fatalf("tokentest: revoke %s: %v", issued.Token.ID, err)
	}
}

// RevokeOwner revokes every token of a group or user by one mark.
func (s *Server) RevokeOwner(owner string) {
	s.t.Helper()
	_, err := s.Authority().RevokeAll(context.WithoutCancel(s.t.Context()), Admin(),
		authority.RevokeAllRequest{Owner: owner, Reason: "revoked by a test"})
	if err != nil {
		s.t.Fatalf("tokentest: revoke all of %s: %v", owner, err)
	}
}

// Rotate replaces the secret of a token; the former one stays good for the
// overlap.
func (s *Server) Rotate(issued token.Issued, overlap time.Duration) token.Issued {
	s.t.Helper()
	next, err := s.Authority().Rotate(context.WithoutCancel(s.t.Context()), Admin(),
		authority.RotateRequest{Kind: issued.Token.Kind, TokenID: issued.Token.ID, Overlap: overlap})
	if err != nil {
		s.t.Fatalf("tokentest: rotate %s: %v", issued.Token.ID, err)
	}
	return next
}

// WriteUsage writes how tokens were used until now, which the server does by
// itself every ten seconds.
func (s *Server) WriteUsage() {
	s.t.Helper()
	if err := s.core.WriteUsage(context.Background()); err != nil {
		s.t.Fatalf("tokentest: write usage: %v", err)
	}
}

// Entries gives the newest entries of the audit log that match, at most 1,000.
func (s *Server) Entries(q audit.Query) []audit.Entry {
	s.t.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	page, err := s.core.Entries(context.WithoutCancel(s.t.Context()), q)
	if err != nil {
		s.t.Fatalf("tokentest: read the log: %v", err)
	}
	return page.Entries
}
