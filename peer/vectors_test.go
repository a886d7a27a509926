package peer_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// TestRecordedTokensAreDecidedAsTheContractSays replays every token that the
// reference was shown, under each set of keys.
func TestRecordedTokensAreDecidedAsTheContractSays(t *testing.T) {
	var file struct {
		Now     int64
		KeySets map[string][]string
		Cases   []struct {
			ID, Token   string
			Tokenwright map[string]string
		}
	}
	vectors(t, "legacy-tokens.json", &file)
	if len(file.Cases) == 0 {
		t.Fatal("the file yields no case")
	}
	for set, secrets := range file.KeySets {
		opts := peer.Options{Clock: func() time.Time { return time.Unix(file.Now, 0) }}
		for i, secret := range secrets {
			opts.Keys = append(opts.Keys, short(fmt.Sprint("key-", i), secret))
		}
		m := manager(t, opts)
		for _, tc := range file.Cases {
			t.Run(set+"/"+tc.ID, func(t *testing.T) {
				caller, err := m.Authenticate(t.Context(), tc.Token)
				want, got := tc.Tokenwright[set], "accept"
				if err != nil {
					got = "refuse"
				}
				if got != want {
					t.Errorf("%s with %v, want %s", got, err, want)
				}
				if err != nil && !errors.Is(err, token.ErrUnauthenticated) {
					t.Errorf("the refusal means %v, want not authenticated", err)
				}
				if (caller == nil) != (err != nil) {
					t.Errorf("caller %v beside error %v", caller, err)
				}
			})
		}
	}
}

// TestTheReasonOfARecordedRefusalIsThatOfTheContract: section 8 of the contract
// says for which reason each recorded token is refused.
func TestTheReasonOfARecordedRefusalIsThatOfTheContract(t *testing.T) {
	var file struct {
		KeySets map[string][]string
		Cases   []struct{ ID, Token string }
	}
	vectors(t, "legacy-tokens.json", &file)
	want := map[string]error{
		"jose_keyD_wrong": token.ErrSignature,
		"exp_eq_now":      token.ErrExpired, "exp_1h_ago": token.ErrExpired, "exp_zero": token.ErrExpired,
		"exp_10y": token.ErrLifetime, "exp_huge_1e300": token.ErrClaimType, "exp_missing": token.ErrClaimType,
		"exp_string": token.ErrClaimType, "nbf_future": token.ErrNotYet,
		"sub_missing": token.ErrSubject, "sub_wrong": token.ErrSubject, "sub_array": token.ErrSubject,
		"aud_set": token.ErrAudience, "aud_empty_array": token.ErrAudience,
		"dup_sub_lastwins": token.ErrMalformed, "crit_unknown": token.ErrMalformed,
		"alg_HS384": token.ErrAlgorithm, "alg_none": token.ErrAlgorithm,
		"alg_None_case": token.ErrAlgorithm, "alg_number": token.ErrAlgorithm,
		"tampered_payload": token.ErrSignature, "sig_empty": token.ErrSignature,
		"sig_noncanonical_lastchar": token.ErrMalformed, "sig_std_b64": token.ErrMalformed,
		"payload_padded": token.ErrMalformed, "payload_notjson": token.ErrMalformed, "payload_null": token.ErrMalformed,
		"header_notjson": token.ErrMalformed, "four_parts": token.ErrMalformed, "empty": token.ErrMalformed,
		"trailing_newline": token.ErrMalformed, "bearer_prefix": token.ErrMalformed,
	}
	m := manager(t, peer.Options{Keys: []peer.Key{short("a", file.KeySets["A"][0]), short("c", file.KeySets["CBA"][0])}})
	for _, tc := range file.Cases {
		_, err := m.Authenticate(t.Context(), tc.Token)
		if reason := want[tc.ID]; !errors.Is(err, reason) {
			t.Errorf("%s: error = %v, want %v", tc.ID, err, reason)
		}
	}
}

func TestRecordedSecretsDecodeToTheSameBytes(t *testing.T) {
	var file struct {
		KeyDecoding []struct {
			Secret, DecodedHex string
			Bytes              int
		}
	}
	vectors(t, "legacy-manager.json", &file)
	if len(file.KeyDecoding) == 0 {
		t.Fatal("the file yields no case")
	}
	for _, tc := range file.KeyDecoding {
		t.Run(tc.Secret, func(t *testing.T) {
			if _, err := peer.New(peer.Options{Keys: []peer.Key{key("a", tc.Secret)}}); !errors.Is(err, token.ErrInvalid) {
				t.Errorf("without the option: error = %v, want a refused start (PEER-03)", err)
			}
			if tc.Bytes == 0 {
				if _, err := peer.New(peer.Options{Keys: []peer.Key{short("a", tc.Secret)}}); !errors.Is(err, token.ErrInvalid) {
					t.Errorf("an empty key: error = %v, want a refused start", err)
				}
				return
			}
			secret, err := hex.DecodeString(tc.DecodedHex)
			if err != nil {
				t.Fatal(err)
			}
			m := manager(t, peer.Options{Keys: []peer.Key{short("a", tc.Secret)}})
			raw := macBytes(secret, `{"alg":"HS256"}`, `{"sub":"backstage-server","exp":1767229200}`)
			if _, err := m.Authenticate(t.Context(), raw); err != nil {
				t.Errorf("a token signed with the recorded bytes is refused: %v", err)
			}
			if got, err := m.GetToken(t.Context()); err != nil || got.Reveal() != raw {
				t.Errorf("GetToken gives another token than the recorded bytes do: %v", err)
			}
		})
	}
}

func TestTokensAreReusedAsRecorded(t *testing.T) {
	var file struct {
		Now         int64
		ReuseWindow struct {
			Steps []struct {
				At, Token      string
				Exp, Remaining int64
			}
		}
	}
	vectors(t, "legacy-manager.json", &file)
	if len(file.ReuseWindow.Steps) == 0 {
		t.Fatal("the file yields no step")
	}
	// The recorded tokens were signed with the 16-byte key.
	c := newClock()
	m := manager(t, peer.Options{Keys: []peer.Key{short("a", "MDEyMzQ1Njc4OWFiY2RlZg==")}, Clock: c.read})
	for _, step := range file.ReuseWindow.Steps {
		at := step.At
		if !strings.HasSuffix(at, "s") {
			at += "s"
		}
		after, err := time.ParseDuration(at)
		if err != nil {
			t.Fatal(err)
		}
		c.set(time.Unix(file.Now, 0).Add(after))
		raw, err := m.GetToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		caller, err := m.Authenticate(t.Context(), raw.Reveal())
		if err != nil {
			t.Fatalf("at %s: %v", step.At, err)
		}
		if got := raw.Reveal(); !strings.HasSuffix(got, step.Token) || caller.ExpiresAt.Unix() != step.Exp {
			t.Errorf("at %s: …%s until %d, want …%s until %d", step.At, got[len(got)-8:], caller.ExpiresAt.Unix(), step.Token, step.Exp)
		}
	}
}

// TestRecordedEntriesAreRefusedInTheSameWords feeds the recorded configuration
// of the reference to the options that it turns into.
func TestRecordedEntriesAreRefusedInTheSameWords(t *testing.T) {
	var file struct {
		Create []struct {
			Label string
			Entry struct {
				Type    string
				Options struct {
					Token, Secret, Subject, URL string
				}
				AccessRestrictions json.RawMessage
			}
			Error *struct{ Message string }
		}
		AccessRestrictionsParsing []struct {
			Config  json.RawMessage
			Parsed  map[string]recordedLimit
			Differs []string
		}
	}
	vectors(t, "external-access-config.json", &file)
	elsewhere := map[string]string{
		// Where the value comes from is the business of the configuration.
		"static no subject": "needs a name or a subject",
		"legacy no subject": "", "unknown type": "", "jwks url with space": "",
	}
	for _, tc := range file.Create {
		t.Run(tc.Label, func(t *testing.T) {
			opts := peer.Options{}
			subject := token.Subject(tc.Entry.Options.Subject)
			restrictions, err := restrictionsOf(tc.Entry.AccessRestrictions)
			switch tc.Entry.Type {
			case "static":
				opts.Static = []peer.Static{{
					Caller: peer.Caller{Subject: subject, Restrictions: restrictions},
					Token:  token.NewSecret(tc.Entry.Options.Token), AllowShort: true,
				}}
			case "legacy":
				k := key("legacy", tc.Entry.Options.Secret)
				k.Subject = subject
				opts.Keys = []peer.Key{k}
			}
			if err == nil {
				_, err = peer.New(opts)
			}
			want, skipped := elsewhere[tc.Label]
			switch {
			case tc.Error == nil && err != nil:
				t.Errorf("refused: %v", err)
			case tc.Error == nil:
			case err == nil:
				t.Error("accepted")
			case !skipped && !strings.Contains(err.Error(), tc.Error.Message), !strings.Contains(err.Error(), want):
				t.Errorf("refused with %q, want %q", err, tc.Error.Message)
			}
		})
	}
	for _, tc := range file.AccessRestrictionsParsing {
		got, err := peer.ParseRestrictions(tc.Config)
		if len(tc.Differs) > 0 {
			if !errors.Is(err, token.ErrInvalid) {
				t.Errorf("%s: error = %v, want it refused (%v)", tc.Config, err, tc.Differs)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tc.Config, err)
		}
		parsed := map[string]recordedLimit{}
		for _, one := range got {
			var limit recordedLimit
			limit.PermissionNames, limit.PermissionAttributes.Action = one.Permissions, one.Actions
			parsed[one.Plugin] = limit
		}
		if diff := cmp.Diff(tc.Parsed, parsed); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.Config, diff)
		}
	}
}

type recordedLimit struct {
	PermissionNames      []string
	PermissionAttributes struct{ Action []string }
}

func restrictionsOf(config json.RawMessage) (peer.Restrictions, error) {
	if config == nil {
		return nil, nil
	}
	return peer.ParseRestrictions(config)
}
