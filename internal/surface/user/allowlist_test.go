package user_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// A permission that is taken off the list stays in the tokens that name it, is
// shown with them, and opens nothing any more.
func TestAPermissionThatIsNotListedAnyMoreOpensNothing(t *testing.T) {
	database := pgtest.Start(t).Database(t, nil)
	before := start(t, tokentest.WithDatabase(database))
	got := before.as(admin, "POST", "", wish("phone", "expiresInDays=90"))
	raw, _ := got.members["rawToken"].(string)
	scopes := func(s surface, name string) error {
		_, err := s.Verifier().Verify(context.Background(), raw, verify.Expect{Scopes: token.Scopes{name}})
		return err
	}
	if err := scopes(before, "upload"); err != nil {
		t.Fatalf("while it is listed: %v", err)
	}
	after := start(t, tokentest.WithDatabase(database), tokentest.WithKeyOf(before.Server), tokentest.WithConfig(`
kinds:
  user: {permissions: [issue_view]}
`))
	if err := scopes(after, "upload"); !errors.Is(err, token.ErrScope) {
		t.Errorf("once it is off the list: %v", err)
	}
	if err := scopes(before, "upload"); err != nil {
		t.Errorf("where it is listed still: %v", err)
	}
	shown := after.as(admin, "GET", "", "")
	if list, _ := shown.members["tokens"].([]any); len(list) != 1 {
		t.Errorf("the list: %s", shown.body)
	}
}
