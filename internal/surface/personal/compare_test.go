package personal_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// compare wants the same status, type and body, but for ids, times and secrets.
func compare(t *testing.T, one exchange, got answer) {
	t.Helper()
	wantType := ""
	if one.Type != nil {
		wantType = *one.Type
	}
	if got.status != one.Status || got.header.Get("Content-Type") != wantType {
		t.Errorf("answer %d of type %q, want %d %q; body %s", got.status, got.header.Get("Content-Type"), one.Status, wantType, got.body)
	}
	if one.Body == "" && got.body == "" {
		return
	}
	var body any
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		t.Fatalf("body %q: %v", got.body, err)
	}
	if diff := cmp.Diff(plain(one.Body), plain(body)); diff != "" {
		t.Errorf("body (-reference +here): %s", diff)
	}
}

var changing = []struct {
	shape *regexp.Regexp
	name  string
}{
	{regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{43}`), "<secret>"},
	{regexp.MustCompile(`client_id=[0-9a-z-]+`), "client_id=<client>"}, // PER-08
	{regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`), "<id>"},
	{regexp.MustCompile(`^[0-9a-f]{32}$`), "<flow>"},
	{regexp.MustCompile(`^[0-9a-f]{8}$`), "<prefix>"},
	{regexp.MustCompile(`(state=|code_challenge=|^)[\w-]{43}($|&)`), "$1<random>$2"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`), "<time>"},
	{regexp.MustCompile(`http(://|%3A%2F%2F)(localhost|127\.0\.0\.1)(:|%3A)\d+`), "<origin>"},
}

// plain puts names in place of what is new in every run.
func plain(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for member, inner := range v {
			out[member] = plain(inner)
		}
		return out
	case []any:
		out := []any{}
		for _, inner := range v {
			out = append(out, plain(inner))
		}
		return out
	case string:
		for _, c := range changing {
			v = c.shape.ReplaceAllString(v, c.name)
		}
		return v
	}
	return value
}

// readShared reads a file of the references' recordings.
func readShared(t *testing.T, name string, into any) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, "..", "shared", name))
	if os.IsNotExist(err) {
		t.Skipf("the recordings of the references are not here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
