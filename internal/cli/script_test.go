package cli_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tokenwright/tokenwright/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tokenwright": func() { os.Exit(cli.Main()) }})
}

// TestScripts runs the binary as a user does. The scripts add to the commands
// of testscript:
//
//	serve [FLAG…]      start the server on ./data and wait until it is ready;
//	                   sets $URL
//	stop               end it by SIGTERM; it must end well within 10 s
//	status N COMMAND…  run a command that must end with exit status N
//	json               the standard output is one JSON document and no more
//	field NAME PATH    set $NAME to a member of it, such as token.id or grants.0.ref
//	keep NAME          set $NAME to the standard output, which must be one line
func TestScripts(t *testing.T) {
	var running servers
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TOKENWRIGHT_DATA", env.WorkDir+"/data")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": running.serve, "stop": running.stop, "status": status,
			"json": oneDocument, "field": field, "keep": keep, "until": until,
		},
		RequireExplicitExec: true,
	})
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func document(ts *testscript.TestScript) any {
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	var value any
	if err := decoder.Decode(&value); err != nil {
		ts.Fatalf("the standard output is no JSON: %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		ts.Fatalf("there is more than JSON on the standard output: %v", err)
	}
	return value
}

func oneDocument(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: json")
	}
	document(ts)
}

func field(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: field NAME PATH")
	}
	value := document(ts)
	for part := range strings.SplitSeq(args[1], ".") {
		switch inside := value.(type) {
		case map[string]any:
			value = inside[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(inside) {
				ts.Fatalf("%s: no element %s", args[1], part)
			}
			value = inside[i]
		default:
			ts.Fatalf("%s: nothing is inside %s", args[1], part)
		}
	}
	text, ok := value.(string)
	if !ok || text == "" {
		ts.Fatalf("%s is %v, not a text", args[1], value)
	}
	ts.Setenv(args[0], text)
}

// until runs a command again and again until its output matches: what a change
// put into the log has its place there a moment later.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until pattern command...")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	for deadline := time.Now().Add(10 * time.Second); ; {
		ts.Check(ts.Exec(args[1], args[2:]...))
		switch out := ts.ReadFile("stdout"); {
		case pattern.MatchString(out):
			return
		case time.Now().After(deadline):
			ts.Fatalf("no output matched %s", args[0])
		}
	}
}

func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keep NAME")
	}
	line, rest, found := strings.Cut(ts.ReadFile("stdout"), "\n")
	if !found || rest != "" || line == "" {
		ts.Fatalf("the standard output is not one line")
	}
	ts.Setenv(args[0], line)
}
