package token_test

import (
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func formats(tb testing.TB, prefixes map[token.Kind]string) token.Formats {
	tb.Helper()
	f, err := token.NewFormats(prefixes)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func usual(tb testing.TB) token.Formats {
	tb.Helper()
	return formats(tb, map[token.Kind]string{
		token.KindService: "bsat", token.KindPersonal: "pv", token.KindUser: "pv_live",
	})
}

func generate(tb testing.TB, f token.Formats, kind token.Kind) string {
	tb.Helper()
	s, err := f.Generate(kind)
	if err != nil {
		tb.Fatal(err)
	}
	return s.Reveal()
}

// checksumOf computes the checksum as the contract words it, not as the package
// does it.
func checksumOf(text string) string {
	crc := uint64(crc32.ChecksumIEEE([]byte(text)))
	out := ""
	for range 6 {
		out = string(base62[crc%62]) + out
		crc /= 62
	}
	return out
}

func TestAGeneratedTokenHasThePublishedForm(t *testing.T) {
	f := usual(t)
	form := regexp.MustCompile(`^(bsat|pv|pv_live)_[0-9A-Za-z]{49}$`)
	seen := map[string]bool{}
	for range 2000 {
		for _, kind := range []token.Kind{token.KindService, token.KindPersonal, token.KindUser} {
			raw := generate(t, f, kind)
			if !form.MatchString(raw) || !strings.HasPrefix(raw, f.Prefix(kind)+"_") {
				t.Fatalf("%q is not of the published form", raw)
			}
			if end := len(raw) - 6; raw[end:] != checksumOf(raw[:end]) {
				t.Fatalf("%q does not end in its checksum", raw)
			}
			if got, err := f.Parse(raw); got != kind || err != nil {
				t.Fatalf("Parse = %q, %v", got, err)
			}
			if seen[raw] {
				t.Fatal("generated twice")
			}
			seen[raw] = true
		}
	}
}

func TestTheChecksumAgreesWithAFixedExample(t *testing.T) {
	text := "bsat_" + strings.Repeat("0", 43)
	const want = "bsat_0000000000000000000000000000000000000000000"
	raw := string(token.AppendChecksum([]byte(text)))
	if !strings.HasPrefix(raw, want) || raw[len(text):] != checksumOf(text) {
		t.Errorf("AppendChecksum = %q", raw)
	}
	if _, err := usual(t).Parse(raw); err != nil {
		t.Errorf("Parse = %v", err)
	}
}

func TestRandomCharactersAreUniform(t *testing.T) {
	f := usual(t)
	var count [256]int
	const tokens = 5000
	for range tokens {
		for _, c := range []byte(generate(t, f, token.KindService)[5:48]) {
			count[c]++
		}
	}
	mean := float64(tokens*43) / 62
	for _, c := range []byte(base62) {
		// Six standard deviations: a fault such as taking b%62 of every byte
		// is far outside, chance practically never.
		if d := float64(count[c]) - mean; d*d > 36*mean {
			t.Errorf("%q came %d times, expected about %.0f", c, count[c], mean)
		}
	}
}

// TestNoMutantIsAccepted covers rows B-02 and B-05: nothing but the whole string
// parses.
func TestNoMutantIsAccepted(t *testing.T) {
	f := usual(t)
	for _, kind := range []token.Kind{token.KindService, token.KindPersonal, token.KindUser} {
		raw := generate(t, f, kind)
		for n := range len(raw) {
			wantRefused(t, f, raw[:n])
			wantRefused(t, f, raw[n+1:])
		}
		for c := range 256 {
			wantRefused(t, f, raw+string([]byte{byte(c)}))
			wantRefused(t, f, string([]byte{byte(c)})+raw)
			for at := range len(raw) {
				if raw[at] != byte(c) {
					wantRefused(t, f, raw[:at]+string([]byte{byte(c)})+raw[at+1:])
				}
			}
		}
		for _, suffix := range []string{raw, "\n", "\x00", strings.Repeat("A", 1<<20)} {
			wantRefused(t, f, raw+suffix)
		}
		for at := range len(raw) - 1 {
			swapped := []byte(raw)
			swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
			if string(swapped) != raw {
				wantRefused(t, f, string(swapped))
			}
		}
	}
}

func TestAMillionRandomMutantsAreRefused(t *testing.T) {
	f := usual(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	raw := []byte(generate(t, f, token.KindService))
	for range 1_000_000 {
		mutant := [64]byte{}
		n := copy(mutant[:], raw)
		// Up to four errors: a CRC finds all that lie within 32 bits, and of
		// the others all but one in 2^32.
		for range 1 + rnd.IntN(4) {
			mutant[5+rnd.IntN(n-5)] = base62[rnd.IntN(62)]
		}
		if string(mutant[:n]) == string(raw) {
			continue
		}
		if _, err := f.Parse(string(mutant[:n])); err == nil {
			t.Fatalf("accepted: %s, a mutant of %s", mutant[:n], raw)
		}
	}
}

// TestAGoodChecksumDoesNotExcuseTheShape makes strings whose checksum is right
// and whose form is not.
func TestAGoodChecksumDoesNotExcuseTheShape(t *testing.T) {
	f := usual(t)
	for name, text := range map[string]string{
		"one character too few":     "bsat_" + strings.Repeat("a", 42),
		"one character too many":    "bsat_" + strings.Repeat("a", 44),
		"nothing":                   "bsat_",
		"an underscore":             "bsat_" + strings.Repeat("a", 42) + "_",
		"a hyphen":                  "bsat_" + strings.Repeat("a", 42) + "-",
		"a space":                   "bsat_" + strings.Repeat("a", 42) + " ",
		"a NUL":                     "bsat_" + strings.Repeat("a", 42) + "\x00",
		"a byte above ASCII":        "bsat_" + strings.Repeat("a", 42) + "\xe1",
		"a letter above ASCII":      "bsat_" + strings.Repeat("a", 41) + "é",
		"before and after digits":   "bsat_" + strings.Repeat("a", 41) + "/:",
		"before and after capitals": "bsat_" + strings.Repeat("a", 41) + "@[",
		"before and after letters":  "bsat_" + strings.Repeat("a", 41) + "`{",
	} {
		t.Run(name, func(t *testing.T) { wantRefused(t, f, text+checksumOf(text)) })
	}
}

func TestEveryByteOutsideBase62IsFound(t *testing.T) {
	f := usual(t)
	for c := range 256 {
		for at := range 43 {
			text := []byte("bsat_" + strings.Repeat("z", 43))
			text[5+at] = byte(c)
			_, err := f.Parse(string(text) + checksumOf(string(text)))
			if good := strings.IndexByte(base62, byte(c)) >= 0; good != (err == nil) {
				t.Fatalf("byte %#x at %d: %v", c, at, err)
			}
		}
	}
}

func TestTheLongestPrefixWins(t *testing.T) {
	f := usual(t)
	user, personal := generate(t, f, token.KindUser), generate(t, f, token.KindPersonal)
	for _, tc := range []struct {
		raw  string
		kind token.Kind
		mine bool
		err  error
	}{
		{user, token.KindUser, true, nil},
		{personal, token.KindPersonal, true, nil},
		// Refused ends the search: no second look by a shorter prefix.
		{"pv_live_" + personal[3:], token.KindUser, true, token.ErrMalformed},
		{"pv_live_", token.KindUser, true, token.ErrMalformed},
		{"pv_live", token.KindPersonal, true, token.ErrMalformed},
		{"pv_", token.KindPersonal, true, token.ErrMalformed},
		{"pv", "", false, token.ErrUnknown},
		{"PV_live_" + user[8:], "", false, token.ErrUnknown},
		{"other_" + personal[3:], "", false, token.ErrUnknown},
		{"", "", false, token.ErrUnknown},
		{strings.Repeat("x", 1<<20), "", false, token.ErrUnknown},
		// A JWT is "not mine", however long it is.
		{"eyJhbGciOiJFUzI1NiJ9." + strings.Repeat("e", 100) + ".s", "", false, token.ErrUnknown},
	} {
		kind, mine := f.KindOf(tc.raw)
		if kind != tc.kind || mine != tc.mine {
			t.Errorf("KindOf(%.80q) = %q, %v", tc.raw, kind, mine)
		}
		got, err := f.Parse(tc.raw)
		if !errors.Is(err, tc.err) || err == nil && got != tc.kind || err != nil && got != "" {
			t.Errorf("Parse(%.80q) = %q, %v, want %v", tc.raw, got, err, tc.err)
		}
	}
}

// TestARefreshTokenIsKnownByItsShape: there is no prefix to know it by.
func TestARefreshTokenIsKnownByItsShape(t *testing.T) {
	f := usual(t)
	id, secret := token.NewRefresh()
	raw := secret.Reveal()
	if kind, err := f.Parse(raw); kind != token.KindPersonal || err != nil {
		t.Errorf("Parse = %q, %v", kind, err)
	}
	if kind, mine := f.KindOf(raw); kind != token.KindPersonal || !mine {
		t.Errorf("KindOf = %q, %v", kind, mine)
	}
	for name, other := range map[string]string{
		"its id": id, "one character less": raw[:len(raw)-1], "one more": raw + "A", "in upper case": strings.ToUpper(id) + raw[36:],
		"a space": strings.Replace(raw, ".", " ", 1), "two dots": raw[:60] + "." + raw[61:], "padding": raw[:79] + "=",
		"a second spelling": raw[:79] + "B",
	} {
		if kind, err := f.Parse(other); !errors.Is(err, token.ErrUnknown) {
			t.Errorf("%s: Parse = %q, %v", name, kind, err)
		}
	}
}

func TestPrefixesAreChecked(t *testing.T) {
	for prefix, good := range map[string]bool{
		"ab": true, "a1": true, "a_": true, "bsat": true, "pv_live": true, strings.Repeat("a", 16): true,
		"": false, "a": false, strings.Repeat("a", 17): false, "1a": false, "_a": false, "Ab": false, "aB": false,
		"a-b": false, "a b": false, "a.b": false, "aé": false, "a\x00": false,
	} {
		if token.ValidPrefix(prefix) != good {
			t.Errorf("ValidPrefix(%q) = %v", prefix, !good)
		}
		if _, err := token.NewFormats(map[token.Kind]string{token.KindUser: prefix}); (err == nil) != good {
			t.Errorf("NewFormats(%q) = %v", prefix, err)
		}
	}
	_, err := token.NewFormats(map[token.Kind]string{token.KindUser: "same", token.KindService: "same"})
	if !errors.Is(err, token.ErrInvalid) {
		t.Errorf("two kinds with one prefix: %v", err)
	}
}

func TestAKindWithoutPrefixIsNotIssued(t *testing.T) {
	if _, err := usual(t).Generate(token.KindPeer); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("Generate = %v", err)
	}
}

func TestTheHintIsTheFirstTwelveCharacters(t *testing.T) {
	for raw, want := range map[string]string{"": "", "short": "short", "bsat_1234567890": "bsat_1234567"} {
		if got := token.Hint(raw); got != want {
			t.Errorf("Hint(%q) = %q", raw, got)
		}
	}
}

func TestParsingAndDigestingDoNotAllocate(t *testing.T) {
	f := usual(t)
	good := generate(t, f, token.KindUser)
	bad := good[:len(good)-1] + "!"
	var digest token.Digest
	for name, run := range map[string]func(){
		"good": func() { _, _ = f.Parse(good) }, "bad": func() { _, _ = f.Parse(bad) },
		"not mine": func() { _, _ = f.Parse("eyJ.e.s") },
		"digest":   func() { digest = token.Digester{}.Digest(good) },
	} {
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	_ = digest
}

func FuzzParse(f *testing.F) {
	known := usual(f)
	for _, kind := range []token.Kind{token.KindService, token.KindPersonal, token.KindUser} {
		f.Add(generate(f, known, kind))
	}
	f.Add("bsat_" + strings.Repeat("é", 30))
	f.Fuzz(func(t *testing.T, raw string) {
		kind, err := known.Parse(raw)
		if err != nil {
			if kind != "" || !errors.Is(err, token.ErrUnauthenticated) {
				t.Errorf("Parse = %q, %v", kind, err)
			}
			return
		}
		lead := known.Prefix(kind) + "_"
		body := strings.TrimPrefix(raw, lead)
		if !strings.HasPrefix(raw, lead) || len(body) != 49 || strings.Trim(body, base62) != "" ||
			raw[len(raw)-6:] != checksumOf(raw[:len(raw)-6]) {
			t.Errorf("accepted %q", raw)
		}
	})
}

func wantRefused(t *testing.T, f token.Formats, raw string) {
	t.Helper()
	if kind, err := f.Parse(raw); err == nil || kind != "" {
		t.Errorf("accepted %.100q as %q", raw, kind)
	} else if !errors.Is(err, token.ErrMalformed) && !errors.Is(err, token.ErrUnknown) {
		t.Error(fmt.Errorf("an unexpected reason: %w", err))
	}
}
