package arch_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// trap is something of the standard library that is right for its own purpose
// and wrong here. Tests may use it; the product may, where a reason is given.
type trap struct {
	id, why string
	uses    func(n ast.Node) bool
	allowed []string // files in which it does no harm
}

func traps() []trap {
	const limits = "it has no limit of time: web.NewServer has them all, and other programs need ReadHeaderTimeout at least"
	return []trap{
		{
			id: "T-01", uses: decodesLaxly, why: "spare bits give one text several spellings: decode with Strict()",
			allowed: []string{"audit/checkpoint.go"}, // encodes again and compares
		},
		{id: "T-11", uses: calls("", "FormValue"), why: "it mixes query and body: read web.Params"},
		{id: "T-11", uses: calls("", "PostFormValue"), why: "it takes the first of several values: read web.Params"},
		{id: "T-11", uses: calls("", "ParseForm"), why: "it drops what it cannot read: read web.Params"},
		{id: "T-14", uses: imports("encoding/csv"), why: "it knows of no formulas", allowed: []string{"internal/cli/csv.go", "internal/intake/csv.go", "internal/wire/export.go"}},
		{
			id: "T-16", uses: calls("strings", "Fields"), why: "it splits at spaces beyond ASCII",
			// Names that look alike are to be one, and pages are compared as they are read.
			allowed: []string{"authority/namekey.go", "internal/page/pagetest/structure.go"},
		},
		{id: "T-17", uses: imports("math/rand"), why: "what can be guessed is no secret: use crypto/rand"},
		{
			id: "T-17", uses: imports("math/rand/v2"), why: "what can be guessed is no secret: use crypto/rand",
			allowed: []string{"store/postgres/write.go", "store/postgres/wakeups.go"}, // spread repetitions in time
		},
		{id: "T-18", uses: calls("reflect", "DeepEqual"), why: "it stops at the first difference"},
		{id: "T-18", uses: comparesSecrets, why: "it stops at the first difference: a secret has a method for it"},
		{id: "T-20", uses: servesWithoutLimits, why: limits},
		{id: "T-20", uses: calls("http", "ListenAndServe"), why: limits},
		{id: "T-20", uses: calls("http", "ListenAndServeTLS"), why: limits},
		{id: "T-20", uses: calls("http", "Serve"), why: limits},
	}
}

// TestTrapsOfTheStandardLibraryStayShut looks for them in the product's source.
// Those that cannot be seen there have tests of behaviour.
func TestTrapsOfTheStandardLibraryStayShut(t *testing.T) {
	report(t, sprung(sources(t, os.DirFS(moduleRoot(t)))))
}

// sprung names every use of a trap.
func sprung(files []source) []string {
	var complaints []string
	for _, file := range files {
		if file.test || file.generated {
			continue
		}
		for _, one := range traps() {
			if slices.Contains(one.allowed, file.path) {
				continue
			}
			ast.Inspect(file.syntax, func(n ast.Node) bool {
				if n != nil && one.uses(n) {
					complaints = append(complaints, fmt.Sprintf("%s: trap %s: %s", file.fset.Position(n.Pos()), one.id, one.why))
				}
				return true
			})
		}
	}
	return complaints
}

func imports(path string) func(ast.Node) bool {
	return func(n ast.Node) bool {
		spec, ok := n.(*ast.ImportSpec)
		return ok && spec.Path.Value == strconv.Quote(path)
	}
}

// calls finds package.name(...), and with an empty package any method.
func calls(from, name string) func(ast.Node) bool {
	return func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		return ok && selects(call.Fun, from, name)
	}
}

// servesWithoutLimits finds an http.Server that waits for headers for ever.
func servesWithoutLimits(n ast.Node) bool {
	literal, ok := n.(*ast.CompositeLit)
	if !ok || !selects(literal.Type, "http", "Server") {
		return false
	}
	return !slices.ContainsFunc(literal.Elts, func(e ast.Expr) bool {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		name, ok := pair.Key.(*ast.Ident)
		return ok && name.Name == "ReadHeaderTimeout"
	})
}

func selects(e ast.Expr, from, name string) bool {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return false
	}
	room, isName := selector.X.(*ast.Ident)
	return from == "" || isName && room.Name == from
}

// decodesLaxly finds base64.SomeEncoding.DecodeString without Strict.
func decodesLaxly(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	decode, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !strings.Contains(decode.Sel.Name, "Decode") {
		return false
	}
	encoding, ok := decode.X.(*ast.SelectorExpr)
	return ok && selects(encoding, "base64", encoding.Sel.Name)
}

// comparesSecrets finds == and != on what Reveal gives. A comparison with ""
// tells nothing.
func comparesSecrets(n ast.Node) bool {
	binary, ok := n.(*ast.BinaryExpr)
	if !ok || binary.Op != token.EQL && binary.Op != token.NEQ || isEmptyText(binary.X) || isEmptyText(binary.Y) {
		return false
	}
	reveals := calls("", "Reveal")
	return reveals(binary.X) || reveals(binary.Y)
}

func isEmptyText(e ast.Expr) bool {
	literal, ok := e.(*ast.BasicLit)
	return ok && literal.Value == `""`
}

func TestSprungTrapsAreFound(t *testing.T) {
	for name, tc := range map[string]struct {
		text  string
		found int
	}{
		"a form value":        {`func f(r *R) { r.FormValue("x") }`, 1},
		"a bare server":       {`import "net/http"; var s = http.Server{}`, 1},
		"a limited server":    {`import "net/http"; var s = http.Server{ReadHeaderTimeout: 1}`, 0},
		"weak chance":         {`import "math/rand/v2"; var x = rand.Int()`, 1},
		"a hasty comparison":  {`func f(a, b S) bool { return a.Reveal() == b.Reveal() }`, 1},
		"is there any secret": {`func f(a S) bool { return a.Reveal() != "" }`, 0},
		"a lax decoder":       {`func f() { base64.RawURLEncoding.DecodeString("x") }`, 1},
		"a strict decoder":    {`func f() { base64.RawURLEncoding.Strict().DecodeString("x") }`, 0},
		"another server":      {`func f() { web.NewServer() }`, 0},
		"another Fields":      {`func f() { query.Fields() }`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tree := fstest.MapFS{"room/a.go": {Data: []byte("package room\n\n" + strings.ReplaceAll(tc.text, "; ", "\n"))}}
			if got := sprung(sources(t, tree)); len(got) != tc.found {
				t.Errorf("%d complaints, want %d: %q", len(got), tc.found, got)
			}
		})
	}
}
