package peer_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// externalFile is what was recorded of a deployment of the reference with
// external callers.
type externalFile struct {
	Setup struct {
		ExternalAccess []struct {
			Type, Token, Secret, Subject, Key, Algorithm, Audience, SubjectPrefix string
			Issuer                                                                []string
			AccessRestrictions                                                    json.RawMessage
		}
		Keys []struct{ Secret, Key string }
	}
	Exchanges []struct {
		Seq                     int
		Label, Credential, Path string
		Status                  int
		Body                    json.RawMessage
		Differs                 []string
	}
}

// What was recorded and is shown elsewhere, or cannot be shown by this package.
func shownElsewhere() map[int]string {
	return map[int]string{
		25: "the routes that manage tokens are those of the server: TestTheGuardTakesPeersForWhatThePolicyGivesThem",
		36: "how often a key set was fetched is the business of its source",
		37: "TestTheLimitedUserWithinARecordedUserTokenIsTheRecordedOne", 38: "as 37", 40: "no cookie is read",
		42: "TestTokensOfPluginsAreMadeAsRecorded", 43: "as 42", 47: "as 42", 48: "as 42", 50: "as 42",
		44: "TestRecordedTokensOfPluginsAreDecidedAsTheContractSays", 46: "as 44", 52: "TestWhatAPluginMayNotSay",
		54: "the scheme is the business of who reads the header",
	}
}

func TestRecordedExternalCallersAreTakenAsTheContractSays(t *testing.T) {
	var file externalFile
	vectors(t, "backstage-external-access-http.json", &file)
	if len(file.Exchanges) == 0 {
		t.Fatal("the file yields no exchange")
	}
	i, elsewhere := newIssuer(t), shownElsewhere()
	secrets := map[string]string{}
	m := manager(t, externalOptions(t, file, i, secrets))
	for _, x := range file.Exchanges {
		if elsewhere[x.Seq] != "" {
			continue
		}
		t.Run(fmt.Sprint(x.Seq, " ", x.Label), func(t *testing.T) {
			who, err := m.Authenticate(t.Context(), credential(t, x.Credential, secrets, i))
			if err != nil && !errors.Is(err, token.ErrUnauthenticated) {
				t.Fatalf("%v means something else than not authenticated", err) // PEER-08
			}
			status, text := outcome(who, err, x.Path)
			want := x.Status
			switch {
			case x.Seq == 7: // PEER-10: without restrictions it may nothing
				want = 403
			case x.Seq == 17: // PEER-01: no exp
				want = 401
			case x.Seq == 32: // PEER-23: another audience than ours, whatever its name
				want = 401
			case want == 500: // PEER-08
				want = 401
			}
			if status != want {
				t.Fatalf("status %d (%v), want %d", status, err, want)
			}
			if want == 200 && strings.HasSuffix(x.Path, "/whoami") {
				comparePrincipal(t, who, x.Body)
			}
			if want == 403 && x.Status == 403 && !strings.Contains(string(x.Body), text) {
				t.Errorf("refused with %q, recorded %s", text, x.Body)
			}
		})
	}
}

// externalOptions turns the recorded configuration into options; every secret
// and text of it is short.
func externalOptions(t *testing.T, file externalFile, i issuer, secrets map[string]string) peer.Options {
	t.Helper()
	opts := peer.Options{Clock: newClock().read}
	for n, one := range file.Setup.ExternalAccess {
		caller := peer.Caller{Name: fmt.Sprint("caller-", n), Subject: token.Subject(one.Subject)}
		if one.AccessRestrictions != nil {
			var err error
			if caller.Restrictions, err = peer.ParseRestrictions(one.AccessRestrictions); err != nil {
				t.Fatal(err)
			}
		}
		switch one.Type {
		case "static":
			opts.Static = append(opts.Static, peer.Static{Caller: caller, Token: token.NewSecret(one.Token), AllowShort: true})
		case "legacy":
			opts.Keys = append(opts.Keys, peer.Key{Caller: caller, Secret: token.NewSecret(one.Secret), AllowShort: true})
			secrets[one.Key] = one.Secret
		case "jwks":
			caller.Subject = ""
			opts.JWKS = append(opts.JWKS, peer.JWKS{
				Caller: caller, Issuers: one.Issuer, Audiences: []string{one.Audience}, Algorithms: []string{one.Algorithm},
				SubjectPrefix: one.SubjectPrefix, Keys: i.keys,
			})
		}
	}
	for _, one := range file.Setup.Keys {
		opts.Keys = append(opts.Keys, peer.Key{Secret: token.NewSecret(one.Secret), AllowShort: true})
		secrets[one.Key] = one.Secret
	}
	return opts
}

// credential makes what a recorded credential describes in words.
func credential(t *testing.T, words string, secrets map[string]string, i issuer) string {
	t.Helper()
	switch {
	case strings.HasPrefix(words, "legacy HS256"):
		return legacyCredential(t, words, secrets)
	case words == "as seq 11 but alg none, empty signature":
		raw := macBytes(nil, `{"alg":"none"}`, payload("exp", start.Add(peer.Lifetime)))
		return raw[:strings.LastIndexByte(raw, '.')+1]
	case strings.HasPrefix(words, "jwks ES256"), strings.HasPrefix(words, "as seq 26"):
		change := map[string]any{}
		if _, aud, ok := strings.Cut(words, "aud "); ok && strings.HasPrefix(words, "as seq 26,") {
			change["aud"] = strings.Trim(aud, `"`)
		}
		if strings.Contains(words, "without aud") {
			change["aud"] = nil
		}
		if strings.Contains(words, "exp now-5") {
			change["exp"] = start.Unix() - 5
		}
		return i.sign("", map[string]any{
			"sub": "repo:acme/x", "iss": "https://issuer.example", "aud": "ext-api", "iat": start.Unix(), "exp": start.Unix() + 300,
		}, change)
	}
	return words // a fixed text, as it is
}

func legacyCredential(t *testing.T, words string, secrets map[string]string) string {
	t.Helper()
	match := regexp.MustCompile(`key (\w), sub ([\w-]+)(?:, exp (now([+-]\d+)|"x"))?(?:, aud "(\w+)")?$`).FindStringSubmatch(words)
	if match == nil {
		t.Fatalf("what credential is %q?", words)
	}
	claims := fmt.Sprintf(`"sub":%q`, match[2])
	switch {
	case match[4] != "":
		offset, err := strconv.ParseInt(match[4], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		claims += fmt.Sprintf(`,"exp":%d`, start.Unix()+offset)
	case match[3] != "":
		claims += `,"exp":"x"`
	}
	if match[5] != "" {
		claims += fmt.Sprintf(`,"aud":%q`, match[5])
	}
	secret, err := base64.StdEncoding.DecodeString(secrets[match[1]])
	if err != nil {
		t.Fatal(err)
	}
	return macBytes(secret, `{"alg":"HS256"}`, "{"+claims+"}")
}

// outcome is the status that a route of the recorded plugin would answer.
func outcome(who *peer.Principal, err error, path string) (status int, text string) {
	if err != nil {
		return 401, "Illegal token"
	}
	switch parts := strings.Split(strings.TrimPrefix(path, "/"), "/"); parts[1] {
	case "perm":
		if len(who.Restrictions) == 0 && len(who.Scopes) == 0 {
			return 403, ""
		}
		err = who.Restrictions.Check(parts[0], "probe."+parts[2], parts[2])
	case "obo":
		err = delegate(who, parts[0], parts[2])
	}
	if err != nil {
		return 403, err.Error()
	}
	return 200, ""
}

// delegate asks for a token of one plugin to another, on behalf of a caller.
func delegate(who *peer.Principal, from, target string) error {
	made, err := peer.NewPluginTokens(peer.PluginOptions{ID: from, Clock: newClock().read})
	if err != nil {
		return err
	}
	_, err = made.GetToken(context.Background(), target, peer.Behalf{Caller: who})
	if err != nil {
		return errors.New(token.Message(err))
	}
	return nil
}

func comparePrincipal(t *testing.T, who *peer.Principal, body json.RawMessage) {
	t.Helper()
	var recorded struct {
		Principal struct {
			Subject            string
			AccessRestrictions *recordedLimit
		}
	}
	if err := json.Unmarshal(body, &recorded); err != nil {
		t.Fatal(err)
	}
	if string(who.Subject) != recorded.Principal.Subject {
		t.Errorf("subject %q, want %q", who.Subject, recorded.Principal.Subject)
	}
	if want := recorded.Principal.AccessRestrictions; want != nil {
		var got recordedLimit
		for _, one := range who.Restrictions {
			if one.Plugin == "probe" {
				got.PermissionNames, got.PermissionAttributes.Action = one.Permissions, one.Actions
			}
		}
		if diff := cmp.Diff(*want, got); diff != "" {
			t.Errorf("restrictions (-want +got):\n%s", diff)
		}
	}
}
