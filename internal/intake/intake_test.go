package intake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/intake"
	"github.com/tokenwright/tokenwright/token"
)

const digest = "34e8d13b2a5fd9a98e27e86b3d0f6a399cd7ef062de766049b4cbd974e260dba"

// result is what a reader gave for one token.
type result struct {
	Line  api.ImportLine
	Fault string
}

// all reads to the end. last is the error that ended it.
func all(t *testing.T, r intake.Reader) (results []result, last error) {
	t.Helper()
	for range 1_000_000 {
		line, err := r.Next()
		if err != nil && !errors.Is(err, token.ErrInvalid) {
			return results, err
		}
		fault := ""
		if err != nil {
			fault = token.Message(err)
		}
		results = append(results, result{line, fault})
	}
	t.Fatal("the reader does not end")
	return nil, nil
}

func csvReader(t *testing.T, text string) intake.Reader {
	t.Helper()
	r, err := intake.NewCSV(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestBothFormatsSayTheSame: a file is the same tokens in either.
func TestBothFormatsSayTheSame(t *testing.T) {
	want := []result{{Line: api.ImportLine{
		Kind: "service", Digest: digest, Algorithm: "sha256", Hint: "bsat_Z_81qEZ", Name: "ci", Description: `a "quoted", text`,
		Owner: "platform", Scopes: []string{"catalog:read", "catalog:write"}, CreatedBy: "user:default/carol",
		CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC), ExpiresAt: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC),
		ID: "01a201db-b8ed-75cd-9c16-7426c0ea9d09",
	}}}
	lines := "\ufeff" + `{"kind":"service","digest":"` + strings.ToUpper(digest) + `","algorithm":"sha256","hint":"bsat_Z_81qEZ","name":"ci",` +
		`"description":"a \"quoted\", text","owner":"platform","scopes":["catalog:read","catalog:write"],"createdBy":"user:default/carol",` +
		`"createdAt":"2026-01-02T04:04:05.678+01:00","expiresAt":"2026-12-31T00:00:00Z","id":"01a201db-b8ed-75cd-9c16-7426c0ea9d09","revokedAt":null}` + "\n"
	table := "\ufeffkind,digest,algorithm,hint,name,description,owner,scopes,createdBy,createdAt,expiresAt,id,revokedAt\r\n" +
		`service,NOjROypf2amOJ-hrPQ9qOZzX7wYt52YEm0y9l04mDbo=,sha256,bsat_Z_81qEZ,ci,"a ""quoted"", text",platform,catalog:read catalog:write,` +
		"user:default/carol,2026-01-02T03:04:05.678Z,2026-12-31T00:00:00Z,01a201db-b8ed-75cd-9c16-7426c0ea9d09,\r\n"
	for name, r := range map[string]intake.Reader{"JSON Lines": intake.NewLines(strings.NewReader(lines)), "CSV": csvReader(t, table)} {
		got, err := all(t, r)
		want[0].Line.Line = 1
		if name == "CSV" {
			want[0].Line.Line = 2
		}
		if diff := cmp.Diff(want, got); diff != "" || !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestABadLineIsTold(t *testing.T) {
	for want, line := range map[string]string{
		"the line is not one JSON object":      `[]`,
		"there is an unknown member":           `{"digest":"` + digest + `","Name":"ci"}`,
		"digest is missing":                    `{"name":"ci"}`,
		"digest must be 64":                    `{"digest":"34e8"}`,
		"scopes must be an array":              `{"digest":"` + digest + `","scopes":"catalog:read"}`,
		"name must be a string":                `{"digest":"` + digest + `","name":7}`,
		"expiresAt must be a time":             `{"digest":"` + digest + `","expiresAt":"tomorrow"}`,
		"createdAt must be a string":           `{"digest":"` + digest + `","createdAt":1700000000}`,
		"algorithm must be":                    `{"digest":"` + digest + `","algorithm":"md5"}`,
		"revokedAt must be a time":             `{"digest":"` + digest + `","revokedAt":"2026-01-02"}`,
		"digest holds what looks like a raw":   `{"digest":"ghp_abcdefghijklmnopqrstuvwxyz0123456789"}`,
		"the line is not one JSON object with": `{"digest":"` + digest + `","name":"` + "\xff" + `"}`,
	} {
		got, err := all(t, intake.NewLines(strings.NewReader(line)))
		if !errors.Is(err, io.EOF) || len(got) != 1 || !strings.HasPrefix(got[0].Fault, want) {
			t.Errorf("want %q: %+v, %v", want, got, err)
		}
	}
}

// TestNoFaultQuotesWhatItIsAbout covers row B-07 for files: whatever stands
// where, the report does not repeat it.
func TestNoFaultQuotesWhatItIsAbout(t *testing.T) {
	secrets := []string{
		"bsat_Z_81qEZfsPyhGSy3xfq_oyAPm4qsTvPqKxsgcH08Fbo", "bsat_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE027DpKE",
		"pv_" + strings.Repeat("aB", 32), "glpat-abcdefghijklmnopqrst1234", digest[:63], digest + "0",
	}
	for _, secret := range secrets {
		for _, member := range intake.Members() {
			columns, cells := member, secret
			row := map[string]string{member: secret}
			if member != "digest" {
				columns, cells, row["digest"] = columns+",digest", cells+","+digest, digest
			}
			text, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := all(t, intake.NewLines(bytes.NewReader(text)))
			table, _ := all(t, csvReader(t, columns+"\n"+cells+"\n"))
			for _, one := range append(got, table...) {
				if member == "digest" && one.Fault == "" || strings.Contains(one.Fault, secret[:8]) {
					t.Errorf("%s: %q", member, one.Fault)
				}
			}
		}
	}
	for _, raw := range secrets[:4] {
		if _, err := intake.ParseDigest(raw); err == nil || !strings.Contains(err.Error(), "raw token") {
			t.Errorf("a raw token in the place of its digest: %v", err)
		}
	}
}

func TestTheFirstLineOfCSVNamesTheColumns(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "the file is empty",
		"digest,secret\n":       "a column that is not known",
		"digest,name,digest\n":  "column digest more than once",
		"digest,Name\n":         "a column that is not known",
		"digest,\"na\"me\n":     "cannot be read as the names of columns",
		"digest;name;owner\n":   "a column that is not known",
		"\ufeffdigest,nothing,": "a column that is not known",
	} {
		if _, err := intake.NewCSV(strings.NewReader(text)); !errors.Is(err, token.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestAReaderGoesOnBehindABadLine: one run tells everything.
func TestAReaderGoesOnBehindABadLine(t *testing.T) {
	table := csvReader(t, "name,digest\na,"+digest+"\nb\nc,\"x\"y\nd,"+digest+"\n")
	got, err := all(t, table)
	if !errors.Is(err, io.EOF) || len(got) != 4 || got[1].Line.Line != 3 || got[2].Line.Line != 4 || got[3].Line.Name != "d" {
		t.Errorf("CSV: %+v, %v", got, err)
	}
	got, err = all(t, intake.NewLines(strings.NewReader("{}\n\nnothing\n{\"digest\":\""+digest+"\"}\n")))
	if !errors.Is(err, io.EOF) || len(got) != 3 || got[1].Line.Line != 3 || got[2].Fault != "" {
		t.Errorf("JSON Lines: %+v, %v", got, err)
	}
}

// endless gives the same text for ever.
type endless string

// Read implements io.Reader.
func (e endless) Read(p []byte) (int, error) { return copy(p, e), nil }

// TestALineWithoutAnEndEndsTheFile: it is not taken into memory.
func TestALineWithoutAnEndEndsTheFile(t *testing.T) {
	for name, r := range map[string]intake.Reader{
		"JSON Lines": intake.NewLines(endless("x")),
		"CSV":        csvReader(t, "name,digest\n\"never closed"+strings.Repeat("x\n", 1<<20)),
	} {
		if got, err := all(t, r); errors.Is(err, io.EOF) || len(got) > 1 {
			t.Errorf("%s: %d tokens, %v", name, len(got), err)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte(`{"kind":"service","digest":"` + digest + `","name":"ci","owner":"platform","scopes":["catalog:read"]}`))
	f.Add([]byte("\ufeff\n{}\n[\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		results, _ := all(t, intake.NewLines(bytes.NewReader(text)))
		good(t, results)
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("name,digest,scopes\nci," + digest + ",catalog:read\n"))
	f.Add([]byte("name\n\"a\"\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := intake.NewCSV(bytes.NewReader(text))
		if err != nil {
			return
		}
		results, _ := all(t, r)
		good(t, results)
	})
}

// good fails unless what was read without fault can be sent and read again.
func good(t *testing.T, results []result) {
	t.Helper()
	for _, one := range results {
		if one.Fault != "" {
			continue
		}
		if _, err := intake.ParseDigest(one.Line.Digest); err != nil || one.Line.Line < 1 {
			t.Fatalf("%+v: %v", one.Line, err)
		}
		text, err := json.Marshal(one.Line)
		if err != nil {
			t.Fatal(err)
		}
		again, err := intake.ParseLine(text, true)
		if len(text) < intake.MaxLine && (err != nil || again.Name != one.Line.Name || !again.ExpiresAt.Equal(one.Line.ExpiresAt)) {
			t.Fatalf("%s: %+v, %v", text, again, err)
		}
	}
}
