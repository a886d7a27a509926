package audit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func TestEveryActionChangesWhatFollowersMustKnow(t *testing.T) {
	at := time.Date(2026, 5, 4, 3, 2, 1, 987_654_000, time.UTC)
	one := token.Token{ID: "0198", Kind: token.KindService, Owner: "group:default/platform"}
	record, keys, rights := token.Change{TokenID: "0198"}, token.Change{Keys: true}, token.Change{Policy: true}
	peers := token.Change{Peers: true}
	want := map[audit.Action]*token.Change{
		audit.TokenIssued:     nil,
		audit.TokenRotated:    &record,
		audit.TokenRevoked:    &record,
		audit.TokenDisabled:   &record,
		audit.TokenEnabled:    &record,
		audit.SecretEnded:     &record,
		audit.RoleGranted:     &rights,
		audit.RoleWithdrawn:   &rights,
		audit.UserAdded:       &rights,
		audit.UserDisabled:    &rights,
		audit.UserEnabled:     &rights,
		audit.GroupAdded:      &rights,
		audit.GroupJoined:     &rights,
		audit.GroupLeft:       &rights,
		audit.WorkspaceAdded:  &rights,
		audit.WorkspaceJoined: &rights,
		audit.WorkspaceLeft:   &rights,

		audit.WorkspaceDisabled: &rights,
		audit.WorkspaceEnabled:  &rights,
		audit.PeerDisabled:      &peers,
		audit.PeerEnabled:       &peers,
		audit.KeyAdded:          &keys,
		audit.KeyRetired:        &keys,
		audit.KeyRemoved:        &keys,
		audit.LinkMade:          nil,
		audit.LinkUsed:          nil,
		audit.AccessTokenMade:   nil,
		audit.AccessRefused:     nil,
	}
	for action, change := range want {
		t.Run(string(action), func(t *testing.T) {
			entry := audit.NewEntry(action, token.Principal{Type: token.PrincipalLocal, Ref: "local:root"}, at).About(one)
			got, ok, err := entry.Change()
			if err != nil || ok != (change != nil) {
				t.Fatalf("got %+v, %v, %v", got, ok, err)
			}
			if ok && !cmp.Equal(*change, got) {
				t.Error(cmp.Diff(*change, got))
			}
			if _, ok, err := entry.Refuse(errors.New("no")).Change(); ok || err != nil {
				t.Errorf("a refusal changes something: %v, %v", ok, err)
			}
		})
	}
}

func TestTheRemovalOfAClientNamesIt(t *testing.T) {
	entry := audit.NewEntry(audit.ClientRemoved, token.Principal{Type: token.PrincipalLocal, Ref: "local:root"}, time.Now())
	got, ok, err := entry.With("client", "an-app").Change()
	if err != nil || !ok || got != (token.Change{Client: "an-app"}) {
		t.Errorf("got %+v, %v, %v", got, ok, err)
	}
}

func TestAMassRevocationCarriesItsMark(t *testing.T) {
	at := time.Date(2026, 5, 4, 3, 2, 1, 987_654_000, time.UTC)
	want := token.Mark{
		ID: "0199", Owner: "group:default/platform", Kind: token.KindService,
		NotBefore: at.Add(-time.Hour), Reason: "leaked", RevokedBy: "local:root", CreatedAt: at,
	}
	entry := audit.NewEntry(audit.TokensRevoked, token.Principal{Type: token.PrincipalLocal, Ref: want.RevokedBy}, at).
		With("mark", want.ID).With("notBefore", want.NotBefore.Format(time.RFC3339Nano))
	entry.Owner, entry.Kind, entry.Reason = want.Owner, want.Kind, want.Reason

	got, ok, err := entry.Change()
	if err != nil || !ok {
		t.Fatalf("got %v, %v", ok, err)
	}
	if diff := cmp.Diff(token.Change{Mark: &want}, got); diff != "" {
		t.Errorf("change (-want +got):\n%s", diff)
	}

	for _, detail := range []string{"mark", "notBefore"} {
		if _, _, err := entry.With(detail, "").Change(); err == nil {
			t.Errorf("without a readable %s the entry is taken for one that changes nothing", detail)
		}
	}
}
