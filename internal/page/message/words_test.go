package message_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// source is the Go files of the rooms that show pages, generated ones included.
func source(t *testing.T, visit func(name string, file *ast.File)) {
	t.Helper()
	for _, root := range []string{"../../page", "../../surface", "../../login"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			visit(name, file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A key that no page uses is work for a dozen translators; one that does not
// exist is a hole in a page. Keys that are put together count by their
// beginning: "token.state." + state.
func TestEveryMessageIsUsedAndEveryUsedOneExists(t *testing.T) {
	english := texts(t, os.DirFS("locales"), "en")
	used, leads := map[string]string{}, []string{}
	areas := map[string]bool{}
	for key := range english {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
	}
	shape := regexp.MustCompile(`^[a-z]+(\.[a-z0-9-]+)*\.?$`)
	source(t, func(name string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			area, rest, dotted := strings.Cut(text, ".")
			switch {
			case err != nil || !shape.MatchString(text) || !dotted || !areas[area] || rest == "templ":
			case strings.HasSuffix(text, ".") && rest != "":
				leads = append(leads, text)
			case rest == "":
				leads = append(leads, text)
			default:
				used[text] = name
			}
			return true
		})
	})
	for key := range english {
		if used[key] == "" && !beginsWithOne(key, leads) {
			t.Errorf("nothing uses %s", key)
		}
	}
	for key, name := range used {
		if english[key] == nil && !leadsOn(key, english) {
			t.Errorf("%s uses %s, which does not exist", name, key)
		}
	}
}

// leadsOn reports whether a key is the beginning of others, to which a part is
// added: "error.500" + ".title".
func leadsOn(key string, english map[string]map[string]string) bool {
	for other := range english {
		if strings.HasPrefix(other, key+".") {
			return true
		}
	}
	return false
}

func beginsWithOne(text string, leads []string) bool {
	for _, lead := range leads {
		if strings.HasPrefix(text, lead) {
			return true
		}
	}
	return false
}

// Templates hold markup and no words: those are messages. The literal parts of
// the generated code are the template without what is computed.
func TestTemplatesHoldNoWords(t *testing.T) {
	allowed := map[string]bool{"Tokenwright": true}
	letters := regexp.MustCompile(`\p{L}{2,}`)
	source(t, func(name string, file *ast.File) {
		if !strings.HasSuffix(name, "_templ.go") {
			return
		}
		page := html.NewTokenizer(strings.NewReader(literals(file)))
		for {
			kind := page.Next()
			if kind == html.ErrorToken {
				return
			}
			found := page.Token()
			for _, a := range found.Attr {
				if words := a.Key == "title" || a.Key == "placeholder" || a.Key == "alt" || a.Key == "aria-label"; words && letters.MatchString(a.Val) {
					t.Errorf("%s: %s=%q is no message", name, a.Key, a.Val)
				}
			}
			for _, word := range letters.FindAllString(found.Data, -1) {
				if kind == html.TextToken && !allowed[word] {
					t.Errorf("%s: %q is no message", name, strings.TrimSpace(found.Data))
				}
			}
		}
	})
}

// literals joins what a generated file writes as it is. What is computed leaves
// a mark, so that a word before it and one behind it stay two.
func literals(file *ast.File) string {
	var out strings.Builder
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if method, ok := call.Fun.(*ast.SelectorExpr); ok && method.Sel.Name == "WriteString" && len(call.Args) == 3 {
			if literal, ok := call.Args[2].(*ast.BasicLit); ok {
				text, _ := strconv.Unquote(literal.Value)
				out.WriteString(text)
				out.WriteString("1")
			}
		}
		return true
	})
	return out.String()
}
