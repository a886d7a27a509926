package proof_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
)

// notJSON are texts that are not JSON (RFC 8259), or not one reading of it, by
// the classes of the JSONTestSuite whose names begin with n.
func notJSON() map[string][]string {
	return map[string][]string{
		"array, separators":     {`[1,]`, `[,1]`, `[1,,2]`, `[,]`, `[1 2]`, `[1;2]`, `["a":1]`, `[1}`, `{]`, `[1]]`, `[[1]`, `[`, `]`, `[1`, `["x"`, "[1,\n", `[3[4]]`, `[*]`, `[a]`, `[""`},
		"number, form":          {`[01]`, `[-01]`, `[00]`, `[+1]`, `[++1]`, `[-]`, `[--1]`, `[.5]`, `[-.5]`, `[1.]`, `[-1.]`, `[1.e1]`, `[1e]`, `[1E]`, `[1e+]`, `[1e-]`, `[1ee1]`, `[1e1.5]`, `[1.2.3]`, `[1 000]`, `[1_000]`, `[1,000.5.]`, `[0x1]`, `[0b1]`, `[0e]`, `[0e+]`, `[- 1]`, `[1a]`, `[1+2]`, `[-x]`, "[\uff11]", `[1/2]`},
		"number, words":         {`[NaN]`, `[-NaN]`, `[nan]`, `[Infinity]`, `[-Infinity]`, `[+Inf]`, `[inf]`},
		"literals":              {`[nul]`, `[nulll]`, `[tru]`, `[True]`, `[TRUE]`, `[fals]`, `[FALSE]`, `[undefined]`, `[true false]`, `[None]`, `nulll`},
		"object, names":         {`{1:1}`, `{a:1}`, `{'a':1}`, `{null:1}`, `{[]:1}`, `{"a"}`, `{"a" 1}`, `{"a":}`, `{:1}`, `{"a"::1}`, `{"a":1:2}`, `{"a","b"}`, `{"a"=1}`, "{\u00e9:1}"},
		"object, separators":    {`{"a":1,}`, `{,"a":1}`, `{"a":1,,"b":2}`, `{"a":1 "b":2}`, `{"a":1;"b":2}`, `{"a":1`, `{"a":`, `{"a"`, `{`, `}`, `{"a":1}}`, `{"a":1]`, `{"a":1,"b"`, `{"a":{}`, `{{}}`},
		"string, escapes":       {`["\x41"]`, `["\u"]`, `["\u1"]`, `["\u12"]`, `["\u123"]`, `["\u00G0"]`, `["\U0041"]`, `["\a"]`, `["\0"]`, `["\'"]`, `["\ "]`, "[\"\\\n\"]", `["\"]`, `["\\\"]`, "[\"\\\u00e9\"]", `["\u{41}"]`, `[\u0041]`},
		"string, characters":    {"[\"\x00\"]", "[\"\x1f\"]", "[\"\n\"]", "[\"\t\"]", "[\"a\rb\"]", `['a']`, `["a]`, `[a"]`, `["a"b"]`, `["`, `"`, "[\u201ca\u201d]"},
		"string, encoding":      {"[\"\xff\"]", "[\"\x80\"]", "[\"\xc0\xaf\"]", "[\"\xe0\x80\xaf\"]", "[\"\xed\xa0\x80\"]", "[\"\xf4\x90\x80\x80\"]", "[\"\xf8\x80\x80\x80\x80\"]", "[\"\xc3\"]", "[\xff]", "\xff", "{\"\xff\":1}", "[\"\xe2\x82\"]"},
		"string, surrogates":    {`["\ud800"]`, `["\udc00"]`, `["\ud800\ud800"]`, `["\udc00\ud800"]`, `["\ud800a"]`, `["\ud800\n"]`, `{"\udfff":1}`, `["\ud800\u0041"]`, `["\uD834\uDd"]`},
		"structure":             {` `, "\t\n", `,`, `:`, `<null>`, `<html></html>`, `*`, `#`, `{} {}`, `{}{}`, `{}x`, `{}//`, `{}/**/`, `/**/{}`, `{}#`, `{};`, `{},`, `1 2`, `[1]x`, `null null`, `""x`, `{"a":true} "x"`, `2@`, "{}\x00", "\x00{}", "{}\u00a0", "\u00a0{}", "\u2060{}", "[\f]", "[\v]", "{}\x1a"},
		"a mark of byte order":  {"\ufeff{}", "\ufeff", "\xfe\xff\x00{\x00}", "\xff\xfe{\x00}\x00", "\xef\xbb{}"},
		"members twice":         {`{"a":1,"a":1}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"":1,"":2}`, `[{"a":{"b":1,"b":2}}]`, `{"a":1,"A":2}`, `{"\u017fcope":1,"scope":2}`, `{"\u212aind":1,"kind":2}`},
		"too deep, or too many": {strings.Repeat("[", 33) + strings.Repeat("]", 33), strings.Repeat("[", 30_000), strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), strings.Repeat(`[{"a":`, 9000), manyMembers(1001)},
	}
}

// oddJSON are texts that are JSON in an unusual spelling: the classes whose
// names begin with y, and numbers that no type holds.
func oddJSON() []string {
	return []string{
		`{}`, `[]`, `""`, `0`, `-0`, `null`, `true`, `false`, `"a"`, `[[]]`, ` {} `, "\r\n\t{}\n", `[1,2 , 3]`, `{"a" : [ ] }`, `{"":0}`, `{"a":{"a":{}}}`,
		`[0e1]`, `[0e+1]`, `[1E22]`, `[1e-2]`, `[-123123123123123123123123]`, `[1e400]`, `[-1e400]`, `[1.5e-400]`, `[9007199254740993]`, `[123456789012345678901234567890]`,
		`["\u0000"]`, `["\ud834\udd1e"]`, `["\udbff\udfff"]`, `["\"\\\/\b\f\n\r\t"]`, "[\"\u2028\u2029\"]", "[\"\x7f\"]", "[\"\U0010ffff\"]", `["\uFFFF"]`, `{"\u0000":1}`, `["\\u0041"]`,
		`{"é":1,"e\u0301":2}`, `{"a":1,"b":1}`, strings.Repeat("[", 32) + strings.Repeat("]", 32), manyMembers(1000), `["` + strings.Repeat("a", 60_000) + `"]`,
	}
}

func manyMembers(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"m%d":0`, i)
	}
	return "{" + strings.Join(members, ",") + "}"
}

// Row H-11 (MUST-67; T-03 to T-07): what is not one reading of one JSON value
// is 400 on every route that reads JSON, and what is is never a fault.
func TestH11WhatIsNotJSONIsRefusedAndWhatIsIsNoFault(t *testing.T) {
	t.Parallel()
	v := visit(t)
	admin := v.s.UserToken("user:default/admin")
	targets := []string{
		"/api/access-tokens/service", api.Base + api.PathTokens, api.Base + api.PathUsers, api.Base + api.PathRevokeAll,
		api.Base + api.PathVerify, "/oauth2/introspect/batch",
	}
	for class, texts := range notJSON() {
		for i, text := range texts {
			// Every text goes to one route, and every class to all of them.
			target := targets[i%len(targets)]
			got := v.json(http.MethodPost, target, admin, text)
			// The REST of service tokens says what is wrong with the field
			// where it can, as its contract does.
			aboutTheField := target == targets[0] && got.status == http.StatusUnprocessableEntity &&
				(class == "string, surrogates" || class == "members twice")
			if got.status != http.StatusBadRequest && !aboutTheField {
				t.Errorf("%s: %s with %.60q: %d %s", class, target, text, got.status, got.body)
			}
		}
	}
	for i, text := range oddJSON() {
		for k, target := range targets {
			if !full() && k != i%len(targets) && k != 0 {
				continue
			}
			if got := v.json(http.MethodPost, target, admin, text); got.status >= 500 || got.acknowledged() {
				t.Errorf("%s with %.60q: %d %s", target, text, got.status, got.body)
			}
		}
	}
}
