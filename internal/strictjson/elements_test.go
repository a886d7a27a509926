package strictjson_test

import (
	"testing"

	"github.com/tokenwright/tokenwright/internal/strictjson"
)

func TestElementsGivesEachValueOfAnArray(t *testing.T) {
	object, err := strictjson.ParseObject([]byte(`{"a": [ 1 ,"x,]", [2, {"b":[]}],null ], "e":[], "s":"[]"}`), strictjson.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	value, _ := object.Find("a")
	elements, ok := value.Elements()
	want := []string{"1", `"x,]"`, `[2, {"b":[]}]`, "null"}
	if !ok || len(elements) != len(want) {
		t.Fatalf("Elements = %s, %v", elements, ok)
	}
	for i, element := range elements {
		if string(element) != want[i] {
			t.Errorf("element %d = %s, want %s", i, element, want[i])
		}
	}
	value, _ = object.Find("e")
	if elements, ok := value.Elements(); !ok || len(elements) != 0 {
		t.Errorf("an empty array = %v, %v", elements, ok)
	}
	value, _ = object.Find("s")
	if _, ok := value.Elements(); ok {
		t.Error("a string was taken for an array")
	}
}
