package peer_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// What the reference's manager was seen to do besides deciding about tokens; each
// behaviour is shown here or stands in elsewhere.
func TestRecordedBehavioursOfTheManager(t *testing.T) {
	var file struct {
		Now        int64
		Behaviours map[string]json.RawMessage
	}
	vectors(t, "legacy-manager.json", &file)
	if len(file.Behaviours) == 0 {
		t.Fatal("the file yields no behaviour")
	}
	clock := func() time.Time { return time.Unix(file.Now, 0) }
	elsewhere := map[string]string{
		// PEER-16: no variable decides about development, and no key refuses the start.
		"key_without_secret":         "TestRecordedKeysOfBackstageAreRefusedInTheSameWords",
		"key_number_secret":          "TestRecordedKeysOfBackstageAreRefusedInTheSameWords",
		"externalAccess_legacy_only": "TestAConfigurationOfBackstageIsCarriedOver: it signs when sign: true says so",
	}
	shown := map[string]func(t *testing.T){
		"noop": func(t *testing.T) {
			raw, err := peer.Noop{}.GetToken(t.Context())
			if err != nil || raw.Reveal() != "" || !(peer.Noop{}).Insecure() {
				t.Errorf("%q, %v", raw.Reveal(), err)
			}
			for _, text := range []string{"garbage", ""} {
				if who, err := (peer.Noop{}).Authenticate(t.Context(), text); err != nil || who.Covers("x") {
					t.Errorf("%q: %+v, %v", text, who, err)
				}
			}
		},
		"development_auto_key": func(t *testing.T) { developmentKey(t, clock) },
		"reuse": func(t *testing.T) {
			m := manager(t, peer.Options{Clock: clock, Keys: []peer.Key{key("a", ours)}})
			if first := get(t, m); first != get(t, m) || !strings.HasPrefix(first, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiYWNrc3RhZ2Utc2VydmVyIiwiZXhwIjoxNzY3MjI5MjAwfQ.") {
				t.Errorf("got %s", first)
			}
		},
	}
	for name := range file.Behaviours {
		show := shown[name]
		if strings.Contains(name, "NODE_ENV") {
			show = func(t *testing.T) {
				if _, err := peer.New(peer.Options{}); err == nil || !strings.Contains(err.Error(), "peer.keys: at least one key is needed") {
					t.Errorf("without keys: %v", err)
				}
			}
		}
		switch {
		case show != nil:
			t.Run(name, show)
		case elsewhere[name] == "":
			t.Errorf("%s is shown nowhere", name)
		}
	}
}

// PEER-17: the key is there from the start, and nobody else has it.
func developmentKey(t *testing.T, clock func() time.Time) {
	t.Helper()
	one, err := peer.NewDevelopment(peer.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	other, err := peer.NewDevelopment(peer.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Authenticate(t.Context(), "x.y.z"); token.ReasonOf(err) == "no_keys" {
		t.Errorf("before the first token: %v", err)
	}
	raw := get(t, one)
	if _, err := one.Authenticate(t.Context(), raw); err != nil {
		t.Errorf("its own: %v", err)
	}
	if _, err := other.Authenticate(t.Context(), raw); err == nil {
		t.Error("another process accepts it")
	}
}
