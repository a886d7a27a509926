package proof_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
)

// raceRounds is how often each race is run.
func raceRounds() int { return amount(5, 50) }

// The races run beside no other test of this room: two hundred at once are given
// five seconds for their answers, and none may be that the server is busy.
//
// raceConfig: a small quota, registration of clients, and no limit of requests.
const (
	raceQuota  = 7
	raceConfig = "oauth: {registration: true}\nkinds: {service: {max_per_owner: 7}}\nlimits: {requests_per_minute: 1000000}"
)

// Rows H-08, I-06, MUST-77 and MUST-92: of two hundred at once on two nodes who
// want one name exactly one gets it; of those who want one of the last places in
// a quota exactly as many as there are places; of those who end one token exactly
// one did.
func TestH08OfTwoHundredOnTwoNodesAsManyWinAsMay(t *testing.T) {
	onEveryFleet(t, raceConfig, func(t *testing.T, f fleet) {
		issued := 0
		for round := range raceRounds() {
			admin, group := f.admin(), f.group(fmt.Sprintf("racers-%d", round))
			issue := func(v visitor, name string) reply {
				return v.json(http.MethodPost, api.Base+api.PathTokens, admin, fmt.Sprintf(
					`{"kind":"service","name":%q,"description":"d","owner":%q,"scopes":[%q]}`, name, group, held))
			}
			won, others := f.race(func(v visitor, _ int) reply { return issue(v, "wanted") })
			f.wins("one name", round, won, others, 1, http.StatusConflict)

			// One place of the quota is taken by now.
			full, others := f.race(func(v visitor, i int) reply { return issue(v, fmt.Sprintf("place-%d", i)) })
			f.wins("a quota", round, full, others, raceQuota-1, http.StatusConflict)
			issued += len(won) + len(full)

			var made api.Issued
			must(t, json.Unmarshal(won[0].body, &made))
			target := api.Base + "/tokens/" + made.Token.ID + "/revoke"
			ended, others := f.race(func(v visitor, i int) reply {
				return v.json(http.MethodPost, target, admin, fmt.Sprintf(`{"reason":"reason %d"}`, i))
			})
			f.wins("revoke", round, ended, others, 1, http.StatusConflict)
			f.clock.Advance(time.Minute)
		}
		f.logHolds(map[audit.Action]int{audit.TokenIssued: issued, audit.TokenRevoked: raceRounds()})
	})
}

// Rows F-04 and F-05 (MUST-09, MUST-22): of two hundred uses of a code on two
// nodes one succeeds, and so of a refresh token that rotates. Whoever saw a
// second use cannot tell a thief from the owner: everything that came out of it
// ends.
func TestF04AndF05OfTwoHundredUsesOnTwoNodesOneSucceeds(t *testing.T) {
	onEveryFleet(t, raceConfig, func(t *testing.T, f fleet) {
		client := f.nodes[0].app(f.admin())
		use := func(form string) func(v visitor, _ int) reply {
			return func(v visitor, _ int) reply { return v.form(oauth.TokenPath, "", form) }
		}
		for round := range raceRounds() {
			alice := f.nodes[0].journey(f.nodes[0].s.UserToken("user:default/alice"))
			won, others := f.race(use(client.useCode(alice.code(client, "openid offline_access"))))
			f.wins("a code", round, won, others, 1, http.StatusBadRequest)
			f.ended(client, won)

			f.clock.Advance(time.Minute)
			begun := f.nodes[0].tokens(client.useCode(alice.code(client, "openid offline_access")))
			won, others = f.race(use(client.useRefresh(begun.Refresh)))
			f.wins("a refresh token", round, won, others, 1, http.StatusBadRequest)
			f.ended(client, won)
			f.clock.Advance(time.Minute)
		}
		f.logHolds(map[audit.Action]int{audit.CodeReplayed: raceRounds()})
	})
}

// ended fails unless what the winners got is good on no node.
func (f fleet) ended(client app, won []reply) {
	f.t.Helper()
	for _, one := range won {
		var got granted
		must(f.t, json.Unmarshal(one.body, &got))
		for _, v := range f.nodes {
			if again := v.form(oauth.TokenPath, "", client.useRefresh(got.Refresh)); again.status != http.StatusBadRequest {
				f.t.Errorf("the refresh token of the winner: %d %s", again.status, again.body)
			}
			until(f.t, "the access token of the winner ends", func() bool {
				return v.json(http.MethodGet, api.PathWhoAmI, got.Access, "").status == http.StatusUnauthorized
			})
		}
	}
}
