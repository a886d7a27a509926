package console

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
)

// apiPath is the description of the API as a page.
const apiPath = "/docs/api"

// apiFile is the document that the page is made of.
const apiFile = "openapi.json"

// apiRoutes are for everybody who is signed in, as the description itself is: to
// strangers it would be a list of doors (row J-07). The page is made of the same
// document, which is read once.
func (h handlers) apiRoutes() []web.Route {
	shown := &shownAPI{read: h.Describe}
	return []web.Route{{
		Method: http.MethodGet, Pattern: apiPath, Access: web.Browsers(""),
		Handle: func(w http.ResponseWriter, r *web.Request) error {
			view, err := shown.view()
			if err != nil {
				return err
			}
			return h.showAPI(w, r, *view)
		},
	}}
}

// shownAPI is the description as it was read and put in order, once for everybody.
// A failure is not kept: the next who looks tries again.
type shownAPI struct {
	read func() (json.RawMessage, error)

	mu   sync.Mutex
	made *apiView // nil until it was read
}

func (s *shownAPI) view() (*apiView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made != nil {
		return s.made, nil
	}
	document, err := readAPI(s.read)
	if err != nil {
		return nil, err
	}
	view := viewAPI(document)
	s.made = &view
	return s.made, nil
}

func (h handlers) showAPI(w http.ResponseWriter, r *web.Request, view apiView) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("apidoc.title"), Content: apiPage(v, view)})
}

// apiView is the description as the page shows it.
type apiView struct {
	about   []string // paragraphs
	server  string
	ways    []namedText
	groups  []apiGroup
	schemas []schemaView
}

// namedText is something with a name and what is said about it.
type namedText struct{ Name, Text string }

// apiGroup is the operations of one tag.
type apiGroup struct {
	id, title, about string
	operations       []operationView
}

// operationView is one method on one path.
type operationView struct {
	ID, Method, Path, Summary, About string
	Permission                       string // "" is none
	Public                           bool   // nobody needs a credential
	Ways                             []string
	Parameters                       []fieldView
	BodyType                         string // media type; "" is no body
	Body                             typeView
	Fields                           []fieldView // of the body
	Answers                          []answerView
	Curl                             string
}

// fieldView is a parameter, or a member of an object.
type fieldView struct {
	Name, Where string // Where is "path", "query" or "header"; "" for members
	Type        typeView
	Required    bool
	Rules, Text string
}

// answerView is one status of an operation.
type answerView struct {
	Status, Text string
	Type         typeView
	Media        string
	Bad          bool
}

// schemaView is a schema with its members.
type schemaView struct {
	ID, Name, About string
	Type            typeView
	Rules           string
	Fields          []fieldView
}

// anchor gives the id of an element from a name of the description.
func anchor(kind, name string) string {
	letter := func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}
	return kind + "-" + strings.Map(letter, name)
}

// viewAPI puts the description in the order of the page: by tag, and by path and
// method within it.
func viewAPI(d *apiDocument) apiView {
	view := apiView{about: strings.Split(d.Info.Description, "\n\n"), server: d.server()}
	for name, scheme := range d.Components.SecuritySchemes {
		view.ways = append(view.ways, namedText{name, scheme.Description})
	}
	slices.SortFunc(view.ways, func(a, b namedText) int { return cmp.Compare(a.Name, b.Name) })
	for _, tag := range d.Tags {
		group := apiGroup{id: anchor("tag", tag.Name), title: tag.Name, about: tag.Description}
		for path, methods := range d.Paths {
			for method, operation := range methods {
				if slices.Contains(operation.Tags, tag.Name) {
					group.operations = append(group.operations, d.view(strings.ToUpper(method), path, operation))
				}
			}
		}
		slices.SortFunc(group.operations, func(a, b operationView) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(methodOrder(a.Method), methodOrder(b.Method)))
		})
		if len(group.operations) > 0 {
			view.groups = append(view.groups, group)
		}
	}
	for name, schema := range d.Components.Schemas {
		view.schemas = append(view.schemas, schemaView{
			ID: anchor("schema", name), Name: name, About: schema.Description, Type: schema.typeOf(), Rules: schema.rules(), Fields: schema.fields(),
		})
	}
	slices.SortFunc(view.schemas, func(a, b schemaView) int { return cmp.Compare(a.Name, b.Name) })
	return view
}

func methodOrder(method string) int {
	return slices.Index([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, method)
}
