package oauth_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
)

// The example of RFC 7636 appendix B.
func TestTheChallengeIsThatOfTheRFC(t *testing.T) {
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	if got := oauth.Challenge(verifier); got != challenge || !oauth.IsChallenge(got) || !oauth.Proves(verifier, challenge) {
		t.Errorf("challenge %s, want %s", got, challenge)
	}
}

// Row F-03.
func TestOnlyTheVerifierProves(t *testing.T) {
	good := strings.Repeat("aZ9-._~", 7)
	challenge := oauth.Challenge(good)
	for _, bad := range []string{"", challenge, good[:42], good + "x", strings.ToUpper(good), strings.Repeat("a", 129)} {
		if oauth.Proves(bad, challenge) || oauth.Proves(bad, "") || len(bad) > 128 && oauth.Proves(bad, oauth.Challenge(bad)) {
			t.Errorf("%q proves", bad)
		}
	}
	for _, odd := range []string{strings.Repeat("ä", 30), strings.Repeat("a", 50) + " ", strings.Repeat("a", 50) + "\x00"} {
		if oauth.Proves(odd, oauth.Challenge(odd)) {
			t.Errorf("%q proves", odd)
		}
	}
	if !oauth.Proves(good, challenge) {
		t.Error("the verifier does not prove")
	}
}

func TestCodesHaveOneSpelling(t *testing.T) {
	code := oauth.NewCode()
	if !oauth.IsCode(code) || code == oauth.NewCode() {
		t.Errorf("code %q", code)
	}
	last := map[bool]string{true: "A", false: "B"}[code[42] != 'A']
	for _, bad := range []string{code[:42], code + "A", code[:42] + "=", strings.Repeat("A", 42) + "B", code[:42] + last + " ", strings.Repeat("A", 42) + "\n", "\r" + strings.Repeat("A", 42)} {
		if oauth.IsCode(bad) {
			t.Errorf("%q is taken for a code", bad)
		}
	}
}

func TestValuesOfAMintFollowFromTheBrowserAndThePurpose(t *testing.T) {
	here, there := token.NewSecret("browser_a"), token.NewSecret("browser_b")
	seen := map[string]bool{}
	for _, value := range []string{
		oauth.MintState(here, "1"), oauth.MintState(here, "2"), oauth.MintState(there, "1"),
		oauth.MintVerifier(here, "1"), oauth.MintVerifier(there, "1"),
	} {
		if seen[value] || len(value) != 43 {
			t.Errorf("%q", value)
		}
		seen[value] = true
	}
	if again := oauth.MintState(here, "1"); again != oauth.MintState(here, "1") {
		t.Error("a state does not come back")
	}
}

// Row F-10.
func TestNamesOfClientsAreShownPlainly(t *testing.T) {
	for name, want := range map[string]string{
		"An app": "An app", "  two\n lines ": "two lines", "b\u202ecod\u202c": "bcod", "\u200b\u2066": "the id", "": "the id",
		"\xff": "the id", strings.Repeat("ä", 101): strings.Repeat("ä", 100) + "…",
	} {
		if got := oauth.PlainName(name, "the id"); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

func TestCodesOfErrorsHaveTheMeaningsOfTheRest(t *testing.T) {
	for code, meaning := range map[oauth.Code]error{
		oauth.InvalidGrant: token.ErrInvalid, oauth.InvalidClient: token.ErrUnauthenticated, oauth.InvalidToken: token.ErrUnauthenticated,
		oauth.AccessDenied: token.ErrDenied, oauth.TemporarilyUnavailable: token.ErrUnavailable,
	} {
		if err := oauth.Fail(code, "words"); !errors.Is(err, meaning) || err.Error() != "words" {
			t.Errorf("%s: %v", code, err)
		}
	}
	if !oauth.IsAuthorizationCode("access_denied") || oauth.IsAuthorizationCode("<script>") || oauth.IsAuthorizationCode("invalid_grant") {
		t.Error("not the codes of RFC 6749 section 4.1.2.1 alone are known")
	}
}
