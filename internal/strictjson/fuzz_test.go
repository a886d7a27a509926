package strictjson_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/tokenwright/tokenwright/internal/strictjson"
)

// FuzzStrictJSON compares with the standard decoder: what is accepted here is
// JSON there and reads the same; what is JSON there and refused here is one of
// the things this package is for.
func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":[1,-2.5e3,"\ud83d\ude00\n",null,true],"b":{"c":""}}`, `{"a":1,"A":2}`, `{"\u017f":1,"s":2}`,
		`"\ud800"`, `[[[[]]]]`, `{"a":1}x`, "\ufeff{}", "\"\xff\"", `1e`, ` `, `{"k":"\u212a"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := strictjson.Check(data, strictjson.Limits{})
		if valid := json.Valid(data); !valid && err == nil {
			t.Fatalf("%q is not JSON and was accepted", data)
		} else if valid && (errors.Is(err, strictjson.ErrSyntax) || errors.Is(err, strictjson.ErrTrailing)) {
			t.Fatalf("%q is JSON and was refused: %v", data, err)
		}
		object, objectErr := strictjson.ParseObject(data, strictjson.Limits{})
		if objectErr != nil {
			if err == nil && !errors.Is(objectErr, strictjson.ErrNotObject) {
				t.Fatalf("%q: Check accepts, ParseObject says %v", data, objectErr)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: ParseObject accepts, Check says %v", data, err)
		}
		compareWithStandard(t, data, object)
	})
}

func compareWithStandard(t *testing.T, data []byte, object strictjson.Object) {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		t.Fatal(err)
	}
	if len(members) != len(object) {
		t.Fatalf("%q: %d members, the standard decoder finds %d", data, len(object), len(members))
	}
	for _, member := range object {
		if string(members[member.Name]) != string(member.Value) {
			t.Fatalf("%q: member %q reads %q and %q", data, member.Name, member.Value, members[member.Name])
		}
		var want string
		if got, ok := member.Value.Text(); ok && (json.Unmarshal(member.Value, &want) != nil || got != want) {
			t.Fatalf("%q: text %q, the standard decoder reads %q", member.Value, got, want)
		}
		var list []string
		if got, ok := member.Value.Texts(); ok && (json.Unmarshal(member.Value, &list) != nil || len(got) != len(list)) {
			t.Fatalf("%q: texts %q, the standard decoder reads %q", member.Value, got, list)
		}
	}
}
