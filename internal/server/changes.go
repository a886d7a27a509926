package server

import (
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// changeOf gives what an entry of the log changes for those who follow it. ok
// is false when it changes nothing for them: refusals, and issues, since
// nobody keeps a record of a token that did not exist.
//
// An entry that should carry a mark and does not is an error: the node then
// does not count the log as heard and asks the store each time, where the mark
// applies, instead of accepting what was revoked.
func changeOf(e audit.Entry) (change token.Change, ok bool, err error) {
	if e.Outcome != audit.Allowed {
		return token.Change{}, false, nil
	}
	switch e.Action {
	case audit.TokenRotated, audit.TokenRevoked, audit.TokenDisabled, audit.TokenEnabled:
		return token.Change{TokenID: e.TokenID}, true, nil
	case audit.TokensRevoked:
		mark, err := markOf(e)
		return token.Change{Mark: &mark}, err == nil, err
	case audit.KeyAdded, audit.KeyRetired, audit.KeyRemoved:
		return token.Change{Keys: true}, true, nil
	case audit.RoleGranted, audit.RoleWithdrawn,
		audit.UserAdded, audit.UserDisabled, audit.UserEnabled,
		audit.GroupAdded, audit.GroupJoined, audit.GroupLeft,
		audit.WorkspaceAdded, audit.WorkspaceJoined, audit.WorkspaceLeft:
		return token.Change{Policy: true}, true, nil
	}
	return token.Change{}, false, nil
}

// markOf reads the not-before mark that a mass revocation left in its entry.
func markOf(e audit.Entry) (token.Mark, error) {
	notBefore, err := time.Parse(time.RFC3339Nano, e.Details["notBefore"])
	if err != nil || e.Details["mark"] == "" {
		return token.Mark{}, fmt.Errorf("server: entry %s of the log carries no readable mark", e.ID)
	}
	return token.Mark{
		ID: e.Details["mark"], Owner: e.Owner, Workspace: e.Workspace, Kind: e.Kind,
		NotBefore: notBefore, Reason: e.Reason, RevokedBy: e.Actor, CreatedAt: e.At,
	}, nil
}
