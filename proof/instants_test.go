package proof_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// instants are moments at which clocks, calendars or counters of others have
// gone wrong.
func instants(t *testing.T) []time.Time {
	t.Helper()
	var list []time.Time
	for _, text := range []string{
		"2028-02-28T23:59:50Z", "2028-02-29T12:00:00Z", "2028-12-30T23:59:59Z", "2029-03-25T00:59:59Z", // leap day, end of a leap year, DST
		"2038-01-19T03:14:07Z", "2038-01-19T03:14:08Z", // 2^31
		"2100-02-28T23:59:59Z", "2106-02-07T06:28:15Z", // no leap day, 2^32
	} {
		at, err := time.Parse(time.RFC3339, text)
		must(t, err)
		list = append(list, at)
	}
	return list
}

// Row H-07 (A-18, MUST-68): a day is 24 hours on every day, times are UTC and
// written as RFC 3339, and a token ends at the instant of its expiry, not after
// it.
func TestH07ATokenEndsAtItsInstantInEveryYear(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(t *testing.T) []tokentest.Option{
		"sqlite": func(*testing.T) []tokentest.Option { return nil },
		"postgres": func(t *testing.T) []tokentest.Option {
			// The database's own time zone must not matter.
			url := postgresDatabase(t, pgtest.Start(t)) + "&timezone=Asia/Kathmandu"
			return []tokentest.Option{tokentest.WithDatabase(url)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := instants(t)
			clock := tokentest.NewClock(all[0].Add(-time.Hour))
			v := visit(t, append(database(t), tokentest.WithClock(clock))...)
			for i, at := range all {
				if ahead := at.Sub(clock.Now()); ahead > 0 {
					clock.Advance(ahead)
				}
				v.livesADay(clock, fmt.Sprintf("at-%d", i))
			}
		})
	}
}

// livesADay issues a token for a day and follows it to its end.
func (v visitor) livesADay(clock *tokentest.Clock, name string) {
	v.t.Helper()
	born := clock.Now()
	issued := v.issue(`{"kind":"service","name":"` + name + `","description":"d","owner":"platform","scopes":["` + held + `"],"expiresInSeconds":86400}`)
	end := born.Add(24 * time.Hour)
	if !issued.Token.CreatedAt.Equal(born) || !issued.Token.ExpiresAt.Equal(end) {
		v.t.Errorf("at %s: made %s, ends %s", born, issued.Token.CreatedAt, issued.Token.ExpiresAt)
	}
	got := v.json(http.MethodGet, api.Base+"/tokens/"+issued.Token.ID, v.s.UserToken("user:default/admin"), "")
	var written map[string]any
	must(v.t, json.Unmarshal(got.body, &written))
	for _, member := range []string{"createdAt", "expiresAt"} {
		if text, _ := written[member].(string); !strings.HasSuffix(text, "Z") {
			v.t.Errorf("at %s: %s is written %q", born, member, text)
		}
	}
	status := func() int {
		return v.json(http.MethodGet, "/forward-auth?scope="+held, issued.RawToken, "").status
	}
	clock.Advance(24*time.Hour - time.Microsecond)
	if got := status(); got != http.StatusOK {
		v.t.Errorf("born %s, a microsecond before its end: %d", born, got)
	}
	clock.Advance(time.Microsecond)
	if got := status(); got != http.StatusUnauthorized {
		v.t.Errorf("born %s, at its end: %d", born, got)
	}
}

// Row H-07, traps T-08 and T-09: what no clock can show is refused when it is
// asked for, and never a fault later on.
func TestT09NoExpiryIsBeyondWhatCanBeWritten(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, v visitor) {
		admin := v.s.UserToken("user:default/admin")
		for i, wish := range []string{
			`"expiresAt":"9999-12-31T23:59:59Z"`, `"expiresAt":"10000-01-01T00:00:00Z"`, `"expiresAt":"+275760-09-13T00:00:00Z"`,
			`"expiresAt":"9999-12-31T23:59:59-23:59"`, `"expiresAt":"0000-01-01T00:00:00Z"`, `"expiresAt":"2026-02-30T00:00:00Z"`,
			`"expiresAt":253402300800000`, `"expiresAt":9223372036854775807`, `"expiresInDays":106752`, `"expiresInDays":9007199254740993`,
			`"expiresInDays":1e309`, `"expiresInDays":2147483648`, `"expiresInDays":-1`, `"expiresInDays":0`, `"expiresInDays":1.5`,
		} {
			body := fmt.Sprintf(`{"name":"far-%d","description":"d","groupEntityRef":"platform","scopes":[%q],%s}`, i, held, wish)
			if got := v.json(http.MethodPost, "/api/access-tokens/service", admin, body); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", wish, got.status, got.body)
			}
		}
	})
}

// Row H-07: the time zone of the machine changes nothing that is answered.
func TestH07TheTimeZoneOfTheMachineDoesNotShow(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Pacific/Apia", "Asia/Kathmandu", "America/St_Johns", "Nowhere/Wrong"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			place := install(t)
			place.wrap = func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "TZ="+zone) }
			p := place.start()
			c := newCaller(p, p.userToken("user:default/admin"))
			body := `{"name":"zoned","description":"d","groupEntityRef":"platform","scopes":["` + held + `"],"expiresAt":"` +
				time.Now().Add(48*time.Hour).UTC().Format(time.DateOnly) + `"}`
			got := c.do(t.Context(), http.MethodPost, "/api/access-tokens/service", c.jwt, []byte(body))
			var issued struct {
				Token struct{ CreatedAt, ExpiresAt string }
			}
			must(t, json.Unmarshal(got.body, &issued))
			made, err := time.Parse("2006-01-02T15:04:05.000Z", issued.Token.CreatedAt)
			if ago := time.Since(made); err != nil || ago < -time.Minute || ago > time.Minute {
				t.Errorf("made at %q: %v", issued.Token.CreatedAt, err)
			}
			if !strings.HasSuffix(issued.Token.ExpiresAt, "T00:00:00.000Z") {
				t.Errorf("a day as expiry ends at %q", issued.Token.ExpiresAt)
			}
			p.stop()
		})
	}
}
