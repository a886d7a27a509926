package oauth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// K-05: a removal that is damaged cannot be finished. Those behind it are, and who
// looks after the data is told which it is.
func TestK05ADamagedRemovalHoldsUpNoOther(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { removesBehindDamage(t, "") })
	t.Run("postgres", func(t *testing.T) { removesBehindDamage(t, pgtest.Start(t).Database(t, nil)) })
}

func removesBehindDamage(t *testing.T, address string) {
	var with []tokentest.Option
	if address != "" {
		with = append(with, tokentest.WithDatabase(address))
	}
	w := start(t, with...)
	c := w.public()
	raw, _ := w.offline(c, alice)
	executes(t, opened(t, w, address), `INSERT INTO removed_clients (client, removed_at, removed_by, actor_type, checksum)
		VALUES ('damaged-client', 1, 'user:default/admin', 'user', 0)`)
	w.local(http.MethodPost, api.Base+api.PathClientRemove, `{"id":"`+c.id+`"}`)
	awaits(t, "an entry of the grant", func() bool {
		return len(w.Entries(audit.Query{TokenID: raw[:36], Actions: []audit.Action{audit.TokenRevoked}})) == 1
	})
	if found := w.local(http.MethodGet, "/api/admin/v1/status/data", ""); !strings.Contains(found, "damaged-client") {
		t.Errorf("the data checks do not name it: %s", found)
	}
}
