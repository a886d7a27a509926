package strictjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/strictjson"
)

func TestCheckAcceptsEveryFormOfJSON(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `0`, `-0`, `true`, `false`, `null`,
		" \t\r\n{ \"a\" : [ 1 , 2 ] } \n",
		`[0.5, -1, 1e3, 1E+3, 1.5e-3, 9007199254740993]`,
		`{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}`,
		`"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"`,
		`{"":1,"é":2,"e\u0301":3}`,
		"\"\u007f\u2028\"",
	} {
		if err := strictjson.Check([]byte(text), strictjson.Limits{}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestCheckRefusesWhatIsNotJSON(t *testing.T) {
	for _, text := range []string{
		``, ` `, `{`, `}`, `[`, `]`, `"`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{1:1}`,
		`{a:1}`, `{'a':1}`, `{"a" 1}`, `{"a":1 "b":2}`, `[1,]`, `[,1]`, `[1 2]`, `[1`, `[1,`,
		`01`, `-`, `+1`, `.5`, `1.`, `1e`, `1e+`, `0x1`, `1.e1`, `--1`, `-01`,
		`NaN`, `Infinity`, `-Infinity`, `nul`, `nulll`, `TRUE`, `undefined`,
		`"\x41"`, `"\u004"`, `"\u00g0"`, `"\u+123"`, `"\`, `"\u`, "\"\n\"", "\"\x00\"", "\x00", `"\'"`,
		"\ufeff{}", `/**/{}`, `{} // end`, "[1\v]", "\u00a0{}",
	} {
		err := strictjson.Check([]byte(text), strictjson.Limits{})
		if !errors.Is(err, strictjson.ErrSyntax) && !errors.Is(err, strictjson.ErrTrailing) {
			t.Errorf("%q: error = %v, want a syntax error", text, err)
		}
	}
}

func TestTrapsOfTheStandardDecoderAreErrors(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"T-03 a second value", `{"a":1}{"a":2}`, strictjson.ErrTrailing},
		{"T-03 a closing brace too many", `{"a":1}}`, strictjson.ErrTrailing},
		{"T-04 letter case", `{"alg":"HS256","ALG":"none"}`, strictjson.ErrRepeated},
		{"T-04 letter case, other order", `{"Exp":1,"exp":2}`, strictjson.ErrRepeated},
		{"T-04 long s", `{"scope":"a","\u017fcope":"b"}`, strictjson.ErrRepeated},
		{"T-04 long s as it is", `{"ſcope":"a","scope":"b"}`, strictjson.ErrRepeated},
		{"T-04 Kelvin sign", `{"kid":"a","\u212aid":"b"}`, strictjson.ErrRepeated},
		{"T-04 letters beyond ASCII", `{"É":1,"é":2}`, strictjson.ErrRepeated},
		{"T-05 one name twice", `{"a":1,"a":1}`, strictjson.ErrRepeated},
		{"T-05 escaped", `{"alg":1,"\u0061lg":2}`, strictjson.ErrRepeated},
		{"T-05 far inside", `[{"x":[{"a":1,"b":2,"a":3}]}]`, strictjson.ErrRepeated},
		{"T-05 empty names", `{"":1,"":2}`, strictjson.ErrRepeated},
		{"T-06 depth 33", deep(33), strictjson.ErrTooDeep},
		{"T-06 depth 10,000", deep(10_000), strictjson.ErrTooDeep},
		{"T-07 invalid UTF-8", "{\"a\":\"\xff\"}", strictjson.ErrUTF8},
		{"T-07 overlong NUL", "\"\xc0\x80\"", strictjson.ErrUTF8},
		{"T-07 encoded surrogate", "\"\xed\xa0\x80\"", strictjson.ErrUTF8},
		{"T-07 high surrogate alone", `"\ud800"`, strictjson.ErrSurrogate},
		{"T-07 low surrogate alone", `"\udc00"`, strictjson.ErrSurrogate},
		{"T-07 two high surrogates", `"\ud800\ud800"`, strictjson.ErrSurrogate},
		{"T-07 surrogate and letter", `"\ud800\u0041"`, strictjson.ErrSurrogate},
		{"T-07 surrogate in a name", `{"\udfff":1}`, strictjson.ErrSurrogate},
		{"H-11 1,001 members", object(1001), strictjson.ErrManyKeys},
		{"H-11 1,001 members in many objects", "[" + strings.Repeat(`{"a":1},`, 1000) + `{"a":1}]`, strictjson.ErrManyKeys},
		{"H-11 too long", `"` + strings.Repeat("a", 64<<10) + `"`, strictjson.ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := strictjson.Check([]byte(c.text), strictjson.Limits{}); !errors.Is(err, c.want) {
				t.Errorf("error = %v, want %v", err, c.want)
			}
		})
	}
}

func TestLimitsAreReachedButNotPassed(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("[", 32) + strings.Repeat("]", 32),
		strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32),
		"[" + strings.TrimSuffix(strings.Repeat("[[]],", 100), ",") + "]", // depth, not number
		object(1000),
		`"` + strings.Repeat("a", 64<<10-2) + `"`,
	} {
		if err := strictjson.Check([]byte(text), strictjson.Limits{}); err != nil {
			t.Errorf("%.40s...: %v", text, err)
		}
	}
}

func TestRepetitionIsFoundAmongManyMembers(t *testing.T) {
	text := strings.TrimSuffix(object(999), "}")
	for _, last := range []string{"k0", "K15", "k16", "K500", "k998"} {
		err := strictjson.Check([]byte(text+`,"`+last+`":1}`), strictjson.Limits{})
		if !errors.Is(err, strictjson.ErrRepeated) {
			t.Errorf("%s: error = %v, want ErrRepeated", last, err)
		}
	}
}

func TestObjectGivesMembersInTheirOrder(t *testing.T) {
	text := ` {"b":1, "\u0061" : [ "x", "\u0079" ] ,"c":{"d":null},"e":"\ud83d\ude00\n"} `
	got, err := strictjson.ParseObject([]byte(text), strictjson.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := strictjson.Object{
		{Name: "b", Value: strictjson.Value("1")},
		{Name: "a", Value: strictjson.Value(`[ "x", "\u0079" ]`)},
		{Name: "c", Value: strictjson.Value(`{"d":null}`)},
		{Name: "e", Value: strictjson.Value(`"\ud83d\ude00\n"`)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if e, _ := got.Find("e"); textOf(e) != "😀\n" {
		t.Errorf("e = %q", textOf(e))
	}
}

func TestObjectMustBeOne(t *testing.T) {
	for _, text := range []string{`[]`, `"{}"`, `1`, `null`} {
		if _, err := strictjson.ParseObject([]byte(text), strictjson.Limits{}); !errors.Is(err, strictjson.ErrNotObject) {
			t.Errorf("%s: error = %v, want ErrNotObject", text, err)
		}
	}
	if _, err := strictjson.ParseObject([]byte(`{"a":1} x`), strictjson.Limits{}); !errors.Is(err, strictjson.ErrTrailing) {
		t.Errorf("error = %v, want ErrTrailing", err)
	}
}

func TestNamesAreComparedByteByByte(t *testing.T) {
	object, err := strictjson.ParseObject([]byte(`{"NAME":"x","extra":1}`), strictjson.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := object.Find("name"); ok {
		t.Error(`"NAME" was found as "name" (T-04)`)
	}
	if name, ok := object.Unknown("name", "extra"); !ok || name != "NAME" {
		t.Errorf("unknown = %q, %v; want NAME", name, ok)
	}
	if name, ok := object.Unknown("NAME", "extra"); ok {
		t.Errorf("%q is known", name)
	}
}

func TestIntegersAreDigitsBelow2To53(t *testing.T) {
	for text, want := range map[string]int64{`0`: 0, `1`: 1, `9007199254740991`: 1<<53 - 1} {
		if got, ok := value(t, text).Integer(); !ok || got != want {
			t.Errorf("%s: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{
		`9007199254740992`, `9007199254740993`, `9223372036854775808`, `99999999999999999999`, `-1`, `-0`,
		`1.0`, `1e3`, `1e308`, `0.5`, `"1"`, `true`, `null`, `[]`, `{}`, `[1]`,
	} {
		if got, ok := value(t, text).Integer(); ok {
			t.Errorf("%s was taken for %d", text, got)
		}
	}
}

func TestTextsAreAnArrayOfStringsOnly(t *testing.T) {
	for text, want := range map[string][]string{
		`[]`: {}, `[ ]`: {}, `["a"]`: {"a"}, `[ "a" , "b\u0063" ]`: {"a", "bc"}, `["[","]",","]`: {"[", "]", ","},
	} {
		got, ok := value(t, text).Texts()
		if diff := cmp.Diff(want, got); !ok || diff != "" {
			t.Errorf("%s: %v %s", text, ok, diff)
		}
	}
	for _, text := range []string{`["a",1]`, `[1,"a"]`, `[["a"]]`, `[null]`, `"a"`, `{}`, `null`} {
		if got, ok := value(t, text).Texts(); ok {
			t.Errorf("%s was taken for %q", text, got)
		}
	}
}

func TestAnAbsentValueHasNoType(t *testing.T) {
	value, ok := strictjson.Object{}.Find("a")
	_, isText := value.Text()
	_, isTexts := value.Texts()
	_, isInteger := value.Integer()
	if ok || isText || isTexts || isInteger || value.IsNull() {
		t.Error("an absent value was taken for something")
	}
}

// value reads text as the only member of an object.
func value(t *testing.T, text string) strictjson.Value {
	t.Helper()
	object, err := strictjson.ParseObject([]byte(`{"v":`+text+`}`), strictjson.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	v, _ := object.Find("v")
	return v
}

func textOf(v strictjson.Value) string {
	text, _ := v.Text()
	return text
}

// object writes an object of n members.
func object(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":%d`, i, i)
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}
