package token_test

import (
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// TestGroupRefs is the table of section 9 of the service contract, and its
// rules for the parts.
func TestGroupRefs(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, tc := range []struct {
		in, want string // "" = not a group
	}{
		{"platform", "group:default/platform"},
		{"default/platform", "group:default/platform"},
		{"group:platform", "group:default/platform"},
		{"group:default/platform", "group:default/platform"},
		{"GROUP:Default/Platform", "group:default/platform"},
		{"  group:default/platform ", "group:default/platform"},
		{"\tplatform\r\n", "group:default/platform"},
		{"Team-A_1.x", "group:default/team-a_1.x"},
		{"a-b--c/x", "group:a-b--c/x"},
		{long + "/" + long, "group:" + long + "/" + long},
		{"7", "group:default/7"},

		{"", ""},
		{"   ", ""},
		{"user:default/a", ""},
		{"a/b/c", ""},
		{"group:", ""},
		{"group:/x", ""},
		{"group:x/", ""},
		{":x", ""},
		{"group:default/a:b", ""},
		{"group:group:x", ""},
		{long + "a", ""},
		{long + "a/x", ""},
		{"-x", ""},
		{"x-", ""},
		{".x", ""},
		{"x_", ""},
		{"-a/x", ""},
		{"a-/x", ""},
		{"a_b/x", ""}, // namespaces have no underscore
		{"a.b/x", ""}, // nor a dot
		{"x y", ""},
		{"x\x00", ""},
		{"é", ""},
		{"\u212a", ""},            // KELVIN SIGN would become k (T-16)
		{"group\u017f:x", ""},     // LONG S would become s
		{"\u00a0platform", ""},    // only ASCII white space is trimmed
		{"group :x", ""},          // no space inside
		{"group: x", ""},          //
		{"default /platform", ""}, //
		{"x\xff", ""},
	} {
		ref, ok := token.ParseGroupRef(tc.in)
		if ref != tc.want || ok != (tc.want != "") {
			t.Errorf("ParseGroupRef(%q) = %q, %v", tc.in, ref, ok)
		}
	}
}

func TestUserRefs(t *testing.T) {
	for in, want := range map[string]string{
		"alice": "user:default/alice", "User:Dev/Alice": "user:dev/alice", "group:default/a": "", "": "",
	} {
		if ref, ok := token.ParseUserRef(in); ref != want || ok != (want != "") {
			t.Errorf("ParseUserRef(%q) = %q, %v", in, ref, ok)
		}
	}
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"platform", "Group:Default/Platform", "a/b/c", "\u212a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		ref, ok := token.ParseGroupRef(in)
		if ok == (ref == "") {
			t.Fatalf("%q, %v", ref, ok)
		}
		if !ok {
			return
		}
		// The canonical form is its own canonical form, and pure ASCII.
		if again, ok := token.ParseGroupRef(ref); !ok || again != ref {
			t.Errorf("%q gives %q, then %q", in, ref, again)
		}
		if strings.ToLower(ref) != ref || strings.Count(ref, ":") != 1 || strings.Count(ref, "/") != 1 {
			t.Errorf("%q is not canonical", ref)
		}
	})
}

func TestTheSubjectOfAServiceToken(t *testing.T) {
	got := token.ServiceSubject("group:default/platform", "ci-pipeline")
	if got != "service-token:group:default/platform:ci-pipeline" {
		t.Errorf("subject = %q", got)
	}
}
