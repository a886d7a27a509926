package strictjson_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/strictjson"
)

func TestWalkShowsEveryObjectInnerOnesFirst(t *testing.T) {
	var seen []string
	err := strictjson.Walk([]byte(`{"a":[{"b":1},[{"c":{}}]],"\u0064":{"e":null}}`), strictjson.Limits{}, func(o strictjson.Object) {
		var names []string
		for _, member := range o {
			names = append(names, member.Name)
		}
		seen = append(seen, strings.Join(names, ","))
	})
	if got := strings.Join(seen, "|"); err != nil || got != "b||c|e|a,d" {
		t.Errorf("seen %q, %v", got, err)
	}
	for _, bad := range []string{`{"a":{"b":1,"b":2}}`, `{}x`, `{"a":}`} {
		if err := strictjson.Walk([]byte(bad), strictjson.Limits{}, func(strictjson.Object) {}); err == nil {
			t.Errorf("%s passed", bad)
		}
	}
}

func TestNamesThatDifferInCaseOnlyMayBeLet(t *testing.T) {
	let := strictjson.Limits{CaseTwins: true}
	object, err := strictjson.ParseObject([]byte(`{"a":[{"x":1,"X":2}],"A":{"y":1,"Y":2}}`), let)
	if err != nil || len(object) != 2 {
		t.Fatalf("%v, %v", object, err)
	}
	list, ok := object[0].Value.Elements()
	if !ok || len(list) != 1 {
		t.Errorf("elements %s, %v", list, ok)
	}
	if inner, ok := object[1].Value.Object(); !ok || len(inner) != 2 {
		t.Errorf("object %v, %v", inner, ok)
	}
	if _, ok := object[0].Value.Object(); ok {
		t.Error("an array was taken for an object")
	}
	for _, bad := range []string{`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"\u017f":1,"\u017f":2}`} {
		if err := strictjson.Check([]byte(bad), let); !errors.Is(err, strictjson.ErrRepeated) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if err := strictjson.Check([]byte(`{"a":1,"A":2}`), strictjson.Limits{}); !errors.Is(err, strictjson.ErrCaseTwin) {
		t.Errorf("by default: %v", err)
	}
}

func TestVariantsOfAName(t *testing.T) {
	for name, want := range map[string]bool{
		"class": false, "Class": true, "CLASS": true, "cla\u017fs": true, "classes": false, "kind": false, "\u212aind": true,
	} {
		if got := strictjson.IsVariant(name, "class", "kind"); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
