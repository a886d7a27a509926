package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// firstThatSays is the first migration that says which older programs run on the
// schema after it.
const firstThatSays = 9

// statement is how a migration says it.
var statement = regexp.MustCompile(`(?m)^INSERT INTO schema_reach \(version, runs_from\) VALUES \((\d+), (\d+)\);$`)

// takes is what takes away something that older programs use.
var takes = regexp.MustCompile(`(?i)\b(DROP|RENAME|TRUNCATE)\b`)

// demands is a new column of a table that older programs write to without it.
var demands = regexp.MustCompile(`(?i)ADD COLUMN [^,;]*NOT NULL`)

// Row K-12: every migration says which older programs run on the schema after it,
// on both databases alike, and none says so that takes away what they use.
func TestK12EveryMigrationSaysWhichOlderProgramsRun(t *testing.T) {
	said := map[string]string{}
	for _, folder := range []string{"sqlite/migrations", "postgres/migrations"} {
		files, err := filepath.Glob(folder + "/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no migrations, %v", folder, err)
		}
		for _, file := range files {
			number, err := strconv.Atoi(filepath.Base(file)[:5])
			if err != nil {
				t.Fatal(err)
			}
			if number < firstThatSays {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found := statement.FindAllSubmatch(text, -1)
			if len(found) != 1 || string(found[0][1]) != strconv.Itoa(number) {
				t.Errorf("%s does not end with: INSERT INTO schema_reach (version, runs_from) VALUES (%d, …);", file, number)
				continue
			}
			from, err := strconv.Atoi(string(found[0][2]))
			if err != nil || from > number {
				t.Errorf("%s: no program knows schema %s before it is there", file, found[0][2])
			}
			if from < number && !additive(string(text)) {
				t.Errorf("%s says that programs from schema %d on run after it, and takes away or demands something", file, from)
			}
			name := filepath.Base(file)
			if other, known := said[name]; known && other != string(found[0][2]) {
				t.Errorf("%s: the two databases say different things", name)
			}
			said[name] = string(found[0][2])
		}
	}
	if len(said) == 0 {
		t.Error("no migration says anything")
	}
}

func additive(migration string) bool {
	for _, column := range demands.FindAllString(migration, -1) {
		if !strings.Contains(strings.ToUpper(migration), strings.ToUpper(column)+" DEFAULT") {
			return false
		}
	}
	return !takes.MatchString(migration)
}
