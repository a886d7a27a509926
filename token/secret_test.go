package token_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

const raw = "bsat_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgAAAAAA"

type exported struct{ S token.Secret }

type unexported struct {
	s token.Secret
	p *token.Secret
}

type embedded struct{ token.Secret }

// carriers are the ways in which a secret can stand inside a value.
func carriers() map[string]any {
	s := token.NewSecret(raw)
	return map[string]any{
		"value":            s,
		"pointer":          &s,
		"exported field":   exported{s},
		"pointer to one":   &exported{s},
		"unexported field": unexported{s, &s},
		"pointer to two":   &unexported{s, &s},
		"embedded":         embedded{s},
		"slice":            []token.Secret{s},
		"slice of structs": []unexported{{s, &s}},
		"array":            [1]token.Secret{s},
		"map value":        map[string]token.Secret{"k": s},
		"map key":          map[token.Secret]int{s: 1},
		"interface":        []any{s, &s},
		"issued":           token.Issued{Secret: s},
		"error":            fmt.Errorf("issuing %v: %w", s, errors.New("full")),
		"function result":  func() any { return s }(),
	}
}

// wantHidden fails when text has the secret, or any ten characters of it, as
// text or in hexadecimal.
func wantHidden(t *testing.T, how, text string) {
	t.Helper()
	for i := range len(raw) - 10 {
		part := raw[i : i+10]
		for _, form := range []string{part, fmt.Sprintf("%x", part), fmt.Sprintf("%X", part)} {
			if strings.Contains(text, form) {
				t.Errorf("%s shows the secret: %s", how, text)
				return
			}
		}
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	verbs := []string{"v", "s", "q", "x", "X", "d", "o", "b", "c", "U", "e", "f", "g", "t", "p", "T", "w"}
	flags := []string{"", "+", "#", " ", "0", "-", "+#", "# ", "80", "-80", ".3", "80.90"}
	for name, value := range carriers() {
		for _, verb := range verbs {
			for _, flag := range flags {
				format := "%" + flag + verb
				wantHidden(t, name+" by "+format, fmt.Sprintf(format, value))
			}
		}
		wantHidden(t, name+" by Sprint", fmt.Sprint(value))
		wantHidden(t, name+" by Sprintln", fmt.Sprintln(value))
		wantHidden(t, name+" by Errorf", fmt.Errorf("%v", value).Error())
	}
}

func TestASecretIsNeverLogged(t *testing.T) {
	for name, value := range carriers() {
		var text, js bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&js, nil)} {
			log := slog.New(handler)
			log.Info("value", "secret", value)
			log.With("secret", value).Info("attribute of the logger")
			log.WithGroup("g").Info("group", slog.Group("h", "secret", value))
		}
		wantHidden(t, name+" as slog text", text.String())
		wantHidden(t, name+" as slog JSON", js.String())
	}
}

func TestASecretIsNeverMarshalled(t *testing.T) {
	for name, value := range carriers() {
		if out, err := json.Marshal(value); err == nil {
			wantHidden(t, name+" as JSON", string(out))
		}
		if out, err := xml.Marshal(value); err == nil {
			wantHidden(t, name+" as XML", string(out))
		}
		var buf bytes.Buffer
		if err := gob.NewEncoder(&buf).Encode(value); err == nil {
			wantHidden(t, name+" by gob", buf.String())
		}
	}
}

func TestASecretPrintsAsRedacted(t *testing.T) {
	s := token.NewSecret(raw)
	out, err := json.Marshal(map[string]token.Secret{"secret": s})
	if err != nil {
		t.Fatal(err)
	}
	for how, got := range map[string]string{
		"%v": fmt.Sprintf("%v", s), "%+v": fmt.Sprintf("%+v", s), "%#v": fmt.Sprintf("%#v", s),
		"%s": fmt.Sprintf("%s", &s), "%q": fmt.Sprintf("%q", s), "%x": fmt.Sprintf("%x", s), "%d": fmt.Sprintf("%d", s),
		"String": s.String(), "GoString": s.GoString(), "LogValue": s.LogValue().String(),
	} {
		if got != "[redacted]" {
			t.Errorf("%s gives %q", how, got)
		}
	}
	if string(out) != `{"secret":"[redacted]"}` {
		t.Errorf("JSON is %s", out)
	}
}

func TestSecretsAreComparedByContent(t *testing.T) {
	for _, tc := range []struct {
		name string
		a, b token.Secret
		want bool
	}{
		{"the same text", token.NewSecret("a b"), token.NewSecret("a b"), true},
		{"another text", token.NewSecret("a b"), token.NewSecret("a c"), false},
		{"a prefix", token.NewSecret("a b"), token.NewSecret("a "), false},
		{"nothing and nothing", token.Secret{}, token.Secret{}, false},
		{"nothing and an empty text", token.Secret{}, token.NewSecret(""), false},
		{"two empty texts", token.NewSecret(""), token.NewSecret(""), false},
		{"nothing and something", token.Secret{}, token.NewSecret("a"), false},
	} {
		if got := tc.a.Equal(tc.b); got != tc.want {
			t.Errorf("%s: Equal = %v", tc.name, got)
		}
		if got := tc.b.Equal(tc.a); got != tc.want {
			t.Errorf("%s, turned round: Equal = %v", tc.name, got)
		}
	}
}

func TestOnlyRevealGivesTheSecret(t *testing.T) {
	if got := token.NewSecret(raw).Reveal(); got != raw {
		t.Errorf("Reveal = %q", got)
	}
	var none token.Secret
	if !none.IsZero() || none.Reveal() != "" || !token.NewSecret("").IsZero() || token.NewSecret(raw).IsZero() {
		t.Error("IsZero must be true for no text alone")
	}
}
