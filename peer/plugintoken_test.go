package peer_test

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// TestTokensOfPluginsAreMadeAsRecorded compares what is made with what was
// recorded: header and payload, member for member, and the published key.
func TestTokensOfPluginsAreMadeAsRecorded(t *testing.T) {
	var file struct {
		Exchanges []struct {
			Seq             int
			Header, Payload json.RawMessage
			Body            json.RawMessage
		}
	}
	vectors(t, "backstage-external-access-http.json", &file)
	made, users := plugin(t, "probe", newClock()), newIssuer(t)
	limited := token.NewSecret(users.sign("vnd.backstage.limited-user", map[string]any{
		"sub": "user:default/alice", "iat": start.Unix(), "exp": start.Unix() + 3600,
	}, nil))
	behalf := map[int]peer.Behalf{43: {}, 48: {User: limited}}
	compared := 0
	for _, x := range file.Exchanges {
		if on, ok := behalf[x.Seq]; ok {
			raw, err := made.GetToken(t.Context(), "probe", on)
			if err != nil {
				t.Fatal(err)
			}
			parts := strings.Split(raw.Reveal(), ".")
			for i, recorded := range []json.RawMessage{x.Header, x.Payload} {
				if diff := cmp.Diff(members(t, recorded), members(t, decoded(t, parts[i]))); diff != "" {
					t.Errorf("%d (-want +got):\n%s", x.Seq, diff)
				}
			}
			compared++
		}
		if x.Seq == 50 {
			set, err := made.KeySet()
			if err != nil {
				t.Fatal(err)
			}
			// Beside what was recorded, "use" says what the key is for.
			if got := strings.Replace(strings.Join(members(t, set), " "), " use", "", 1); got != strings.Join(members(t, x.Body), " ") {
				t.Errorf("the key set has %s, recorded %s", got, x.Body)
			}
			compared++
		}
	}
	if compared != 3 {
		t.Errorf("%d exchanges were compared, want 3", compared)
	}
}

func decoded(t *testing.T, part string) []byte {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// members gives the names in a JSON text as they stand, but for those within
// the JWT of a user, which the recording shows decoded.
func members(t *testing.T, data []byte) []string {
	t.Helper()
	var names []string
	for _, match := range regexp.MustCompile(`"(\w+)":`).FindAllSubmatch(data, -1) {
		if names = append(names, string(match[1])); string(match[1]) == "obo" {
			break
		}
	}
	if len(names) == 0 {
		t.Fatalf("%s has no members", data)
	}
	return names
}
