package proof_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/tokentest"
)

// crowdSize is how many requests of a race are under way at one time.
const crowdSize = 200

// race sends the same request many times at once and counts the answers by
// status. Every request is ready before the first is sent.
func (v visitor) race(send func(i int) reply) map[int]int {
	v.t.Helper()
	statuses := make([]int, crowdSize)
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range crowdSize {
		running.Go(func() {
			<-start
			statuses[i] = send(i).status
		})
	}
	close(start)
	running.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	return count
}

// Row H-08 (MUST-77, MUST-92): of many requests at once for one name exactly
// one gets it, and of many that end one token exactly one did.
func TestH08OfManyAtOnceOneWins(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, v visitor) {
		v.http.Transport.(*http.Transport).MaxIdleConnsPerHost = crowdSize
		admin := v.s.UserToken("user:default/admin")
		for round := range amount(1, 500) {
			name := fmt.Sprintf("wanted-%d", round)
			body := fmt.Sprintf(`{"kind":"service","name":%q,"description":"d","owner":"platform","scopes":[%q]}`, name, held)
			got := v.race(func(int) reply { return v.json(http.MethodPost, api.Base+api.PathTokens, admin, body) })
			if got[http.StatusCreated] != 1 || got[http.StatusConflict] != crowdSize-1 {
				t.Errorf("round %d: a name asked for at once: %v", round, got)
			}
			user := fmt.Sprintf(`{"ref":"user:default/%s"}`, name)
			if got := v.race(func(int) reply { return v.json(http.MethodPost, api.Base+api.PathUsers, admin, user) }); got[http.StatusCreated]+got[http.StatusOK] != 1 || got[http.StatusConflict] != crowdSize-1 {
				t.Errorf("round %d: a user added at once: %v", round, got)
			}
			v.revokedOnce(admin, name)
		}
	}, tokentest.WithConfig("limits: {requests_per_minute: 1000000}"))
}

// revokedOnce ends one token many times at once: the log has one revocation,
// and the record keeps what the first one said.
func (v visitor) revokedOnce(admin, name string) {
	v.t.Helper()
	id := v.s.Issue(platform, name+"-x", held).Token.ID
	target := api.Base + "/tokens/" + id
	got := v.race(func(i int) reply {
		return v.json(http.MethodPost, target+"/revoke", admin, fmt.Sprintf(`{"reason":"reason %d"}`, i))
	})
	if got[http.StatusOK] != 1 || got[http.StatusOK]+got[http.StatusConflict] != crowdSize {
		v.t.Errorf("%s: revoked at once: %v", name, got)
	}
	entries := v.s.Entries(audit.Query{TokenID: id, Actions: []audit.Action{audit.TokenRevoked}, Outcome: audit.Allowed})
	if len(entries) != 1 {
		v.t.Fatalf("%s: the log has %d revocations", name, len(entries))
	}
	var before, after api.Token
	must(v.t, json.Unmarshal(v.json(http.MethodGet, target, admin, "").body, &before))
	v.json(http.MethodPost, target+"/revoke", admin, `{"reason":"later"}`)
	must(v.t, json.Unmarshal(v.json(http.MethodGet, target, admin, "").body, &after))
	if before.RevokedAt.IsZero() || !before.RevokedAt.Equal(after.RevokedAt) || before.RevokedBy != after.RevokedBy {
		v.t.Errorf("%s: revoked at %s by %s, then at %s by %s", name, before.RevokedAt, before.RevokedBy, after.RevokedAt, after.RevokedBy)
	}
}
