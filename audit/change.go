package audit

import (
	"cmp"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Change gives what the entry changes for those who follow the log: which
// records they may no longer use. ok is false when it changes nothing for
// them, as refusals do, and issues: nobody holds a record of a token that did
// not exist.
//
// A mass revocation that carries no readable mark is an error. A follower must
// then not count the log as heard: it would go on accepting what was revoked.
func (e Entry) Change() (change token.Change, ok bool, err error) {
	if e.Outcome != Allowed {
		return token.Change{}, false, nil
	}
	switch e.Action {
	case TokenRotated, TokenRevoked, TokenDisabled, TokenEnabled, SecretEnded:
		return token.Change{TokenID: e.TokenID}, true, nil
	case AccessTokenRevoked:
		// What is kept of a JWT is kept with what it came out of.
		return token.Change{TokenID: cmp.Or(e.Details["session"], e.TokenID)}, true, nil
	case TokensRevoked:
		mark, err := e.mark()
		if err != nil {
			return token.Change{}, false, err
		}
		return token.Change{Mark: &mark}, true, nil
	case ClientRemoved:
		return token.Change{Client: e.Details["client"]}, true, nil
	case KeyAdded, KeyRetired, KeyRemoved:
		return token.Change{Keys: true}, true, nil
	case PeerDisabled, PeerEnabled:
		return token.Change{Peers: true}, true, nil
	case RoleGranted, RoleWithdrawn, UserAdded, UserDisabled, UserEnabled,
		GroupAdded, GroupJoined, GroupLeft, GroupsClaimed,
		WorkspaceAdded, WorkspaceDisabled, WorkspaceEnabled, WorkspaceJoined, WorkspaceLeft:
		return token.Change{Policy: true}, true, nil
	}
	return token.Change{}, false, nil
}

// OfMark gives the entry of a mass revocation with the mark it leaves, for those
// who follow the log.
func (e Entry) OfMark(m token.Mark) Entry {
	return e.With("mark", m.ID).With("notBefore", m.NotBefore.Format(time.RFC3339Nano))
}

// mark reads the not-before mark that a mass revocation left in its entry.
func (e Entry) mark() (token.Mark, error) {
	notBefore, err := time.Parse(time.RFC3339Nano, e.Details["notBefore"])
	if err != nil || e.Details["mark"] == "" {
		return token.Mark{}, fmt.Errorf("audit: entry %s carries no readable mark", e.ID)
	}
	return token.Mark{
		ID: e.Details["mark"], Owner: e.Owner, Workspace: e.Workspace, Kind: e.Kind,
		NotBefore: notBefore, Reason: e.Reason, RevokedBy: e.Actor, CreatedAt: e.At,
	}, nil
}
