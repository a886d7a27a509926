package authority_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// What names are compared by has a version, which names that were stored before are
// brought up to. Whoever changes the one has to raise the other: write the new
// version and digest here.
func TestTheTableOfLikenessHasAVersion(t *testing.T) {
	if version, digest := authority.NameTable(); version != 1 || digest != "0cf1c465bb16d25a" {
		t.Errorf("version %d, digest %q", version, digest)
	}
}

// H-04: a name that was stored by an older table is found to be taken by whatever
// reads like it now.
func TestH04NamesOfAnOlderTableAreBroughtUpToDate(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { renewsNames(t, "") })
	t.Run("postgres", func(t *testing.T) { renewsNames(t, pgtest.Start(t).Database(t, nil)) })
}

func renewsNames(t *testing.T, address string) {
	var with []tokentest.Option
	driver := "pgx"
	if address != "" {
		with = append(with, tokentest.WithDatabase(address))
	}
	s := tokentest.Start(t, with...)
	if address == "" {
		driver, address = "sqlite", "file:"+filepath.Join(s.Data, "tokenwright.db")+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	execute := func(statement string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	issue := func(name string) (token.Issued, error) {
		return s.Authority().Issue(context.WithoutCancel(t.Context()), tokentest.Admin(), authority.Request{
			Kind: token.KindUser, Name: name, Owner: "user:default/alice", Scopes: []string{"issue_view"},
		})
	}
	ids := map[string]string{}
	for _, name := range []string{"phone", "tablet", "watch"} {
		made, err := issue(name)
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = made.Token.ID
	}
	execute(`UPDATE tokens SET name_key = 'an older ' || name WHERE kind = 'user'`)
	execute(`UPDATE tokens SET name = 'рhone' WHERE id = '` + ids["tablet"] + `'`) // its first letter is Cyrillic
	if _, err := issue("wаtch"); err != nil {
		t.Fatalf("before: %v", err)
	}
	execute(`DELETE FROM name_keys`)

	twins, err := s.Authority().RenewNames(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, twin := range twins {
		got[twin.TokenID] = true
	}
	if len(got) != 2 || !got[ids["watch"]] || got[ids["phone"]] == got[ids["tablet"]] {
		t.Errorf("twins: %+v, of %v", twins, ids)
	}
	for _, name := range []string{"phone", "рhonе", "PHONE", "watch"} {
		if _, err := issue(name); !errors.Is(err, token.ErrNameTaken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if twins, err := s.Authority().RenewNames(t.Context()); err != nil || len(twins) != 0 {
		t.Errorf("again: %v %v", twins, err)
	}
}
