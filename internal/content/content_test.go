package content_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/content"
	"github.com/tokenwright/tokenwright/token"
)

const (
	write  = "write:*"
	remove = "write:* delete:*"

	create = `{"_class":"core:class:TxCreateDoc"}`
	remDoc = `{"_class":"core:class:TxRemoveDoc"}`
)

// apply puts transactions into a TxApplyIf.
func apply(txes ...string) string {
	return `{"_class":"core:class:TxApplyIf","txes":[` + strings.Join(txes, ",") + `]}`
}

// nested puts a transaction into so many TxApplyIf.
func nested(depth int, tx string) string {
	for range depth {
		tx = apply(create, tx)
	}
	return tx
}

func many(n int, last string) string {
	return apply(append(slices.Repeat([]string{create}, n-1), last)...)
}

func TestTransactions(t *testing.T) {
	for name, c := range map[string]struct {
		body, scopes string
		want         error
	}{
		"create":                                    {create, write, nil},
		"update":                                    {`{"_class":"core:class:TxUpdateDoc"}`, write, nil},
		"mixin":                                     {`{"_class":"core:class:TxMixin"}`, write, nil},
		"remove":                                    {remDoc, remove, nil},
		"W-02 remove in TxApplyIf":                  {apply(create, remDoc), remove, nil},
		"W-02 remove two levels deep":               {nested(2, remDoc), remove, nil},
		"W-02 remove last of 1000":                  {many(1000, remDoc), remove, nil},
		"1001 transactions":                         {many(1001, create), "", token.ErrInvalid},
		"eight levels":                              {nested(8, create), write, nil},
		"nine levels":                               {nested(9, create), "", token.ErrInvalid},
		"no transactions":                           {apply(), write, nil},
		"txes an object":                            {`{"_class":"core:class:TxApplyIf","txes":{}}`, "", token.ErrInvalid},
		"txes missing":                              {`{"_class":"core:class:TxApplyIf"}`, "", token.ErrInvalid},
		"txes of numbers":                           {apply("1"), "", token.ErrRoute},
		"event":                                     {`{"_class":"core:class:TxDomainEvent","domain":"card","event":{"type":"createCard"}}`, write, nil},
		"W-26 removing event":                       {`{"_class":"core:class:TxDomainEvent","domain":"card","event":{"type":"removeCard"}}`, remove, nil},
		"removing event in capitals":                {`{"_class":"core:class:TxDomainEvent","event":{"type":"RemoveCard"}}`, remove, nil},
		"event of the operator":                     {`{"_class":"core:class:TxDomainEvent","event":{"type":"wipe"}}`, remove, nil},
		"event without type":                        {`{"_class":"core:class:TxDomainEvent","event":{}}`, "", token.ErrRoute},
		"event with a number as type":               {`{"_class":"core:class:TxDomainEvent","event":{"type":1}}`, "", token.ErrRoute},
		"no event":                                  {`{"_class":"core:class:TxDomainEvent"}`, "", token.ErrRoute},
		"W-12 workspace event":                      {`{"_class":"core:class:TxWorkspaceEvent"}`, "", token.ErrRoute},
		"W-12 model upgrade":                        {`{"_class":"core:class:TxModelUpgrade"}`, "", token.ErrRoute},
		"W-12 TxCUD":                                {`{"_class":"core:class:TxCUD"}`, "", token.ErrRoute},
		"W-12 unknown class in TxApplyIf":           {apply(create, `{"_class":"x"}`), "", token.ErrRoute},
		"W-12 no class":                             {`{}`, "", token.ErrRoute},
		"class a list":                              {`{"_class":["core:class:TxCreateDoc"]}`, "", token.ErrRoute},
		"class in another spelling":                 {`{"_class":"core:class:txcreatedoc"}`, "", token.ErrRoute},
		"W-40 removal as an attribute":              {`{"_class":"core:class:TxCreateDoc","attributes":{"a":[{"_class":"core:class:TxRemoveDoc"}]}}`, remove, nil},
		"removal spelt with escapes":                {`{"_class":"core:class:TxCreateDoc","a":{"\u005fclass":"core:class:TxRemove\u0044oc"}}`, remove, nil},
		"W-27 class twice":                          {`{"_class":"core:class:TxCreateDoc","_class":"core:class:TxRemoveDoc"}`, "", token.ErrInvalid},
		"W-27 class twice by escape":                {`{"_class":"core:class:TxCreateDoc","\u005fclass":"core:class:TxRemoveDoc"}`, "", token.ErrInvalid},
		"W-27 class in capitals":                    {`{"_Class":"core:class:TxCreateDoc"}`, "", token.ErrInvalid},
		"W-27 class with a long s":                  {`{"_class":"core:class:TxCreateDoc","_cla\u017fs":"x"}`, "", token.ErrInvalid},
		"txes in capitals":                          {`{"_class":"core:class:TxApplyIf","txes":[],"TXES":[` + remDoc + `]}`, "", token.ErrInvalid},
		"type in capitals":                          {`{"_class":"core:class:TxDomainEvent","event":{"type":"x","Type":"removeCard"}}`, "", token.ErrInvalid},
		"somebody's names that differ in case only": {`{"_class":"core:class:TxCreateDoc","attributes":{"a":1,"A":2}}`, write, nil},
		"a member twice":                            {`{"_class":"core:class:TxCreateDoc","attributes":{"a":1,"a":2}}`, "", token.ErrInvalid},
		"two values":                                {create + create, "", token.ErrInvalid},
		"an array":                                  {"[" + create + "]", "", token.ErrInvalid},
		"nothing":                                   {"", "", token.ErrInvalid},
		"64 levels":                                 {`{"_class":"core:class:TxCreateDoc","a":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + "}", write, nil},
		"65 levels":                                 {`{"_class":"core:class:TxCreateDoc","a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}", "", token.ErrInvalid},
		"a byte order mark":                         {"\ufeff" + create, "", token.ErrInvalid},
	} {
		reader := content.Reader{Removing: []string{"wipe"}}
		got, err := reader.Read(content.Transaction, []byte(c.body))
		check(t, name, got, err, c.scopes, c.want)
	}
}

func TestEventsAndOperations(t *testing.T) {
	for _, c := range []struct {
		sort         content.Sort
		body, scopes string
		want         error
	}{
		{content.Event, `{"type":"createMessage"}`, write, nil},
		{content.Event, `{"type":"removePatch"}`, remove, nil},
		{content.Event, `{"type":"deleteAll"}`, remove, nil},
		{content.Event, `{"type":"x","data":` + remDoc + `}`, remove, nil},
		{content.Event, `{}`, "", token.ErrRoute},
		{content.Operations, `{"findMessages":{"params":{}}}`, write, nil},
		{content.Operations, `{"event":{"type":"createMessage"}}`, write, nil},
		{content.Operations, `{"a":1,"event":{"type":"removeLabel"}}`, remove, nil},
		{content.Operations, `{"event":{"Event":{}}}`, "", token.ErrInvalid},
		{content.Operations, `{"event":[]}`, "", token.ErrRoute},
		{content.Operations, `{"removeThem":{}}`, remove, nil},
		{content.Operations, `{"Event":{"type":"removeLabel"}}`, "", token.ErrInvalid},
		{"unknown", `{}`, "", token.ErrRoute},
	} {
		got, err := content.Reader{}.Read(c.sort, []byte(c.body))
		check(t, string(c.sort)+" "+c.body, got, err, c.scopes, c.want)
	}
}

func TestNamedOperations(t *testing.T) {
	for _, c := range []struct {
		name, params, scopes string
		want                 error
	}{
		{"findMessages", "", write, nil},
		{"findMessages", `{"limit":1}`, write, nil},
		{"findMessages", `{"limit":1`, "", token.ErrInvalid},
		{"removeLabel", "", remove, nil},
		{"deleteLabel", "", remove, nil},
		{"event", `{"type":"createCard"}`, write, nil},
		{"event", `{"type":"removeCard"}`, remove, nil},
		{"event", "", "", token.ErrRoute},
		{"Event", `{"type":"removeCard"}`, "", token.ErrInvalid},
		{"EVENT", "", "", token.ErrInvalid},
	} {
		got, err := content.Reader{}.ReadOperation(c.name, []byte(c.params))
		check(t, c.name+" "+c.params, got, err, c.scopes, c.want)
	}
}

func TestMessages(t *testing.T) {
	for _, c := range []struct {
		text, scopes string
		want         error
	}{
		{`{"method":"ping"}`, "", nil},
		{`{"method":"hello","params":[]}`, "", nil},
		{`{"method":"findAll","params":["x",{}]}`, "read:*", nil},
		{`{"method":"searchFulltext"}`, "read:*", nil},
		{`{"method":"loadModel"}`, "read:*", nil},
		{`{"method":"tx","params":[` + create + `]}`, write, nil},
		{`{"method":"tx","params":[` + nested(3, remDoc) + `]}`, remove, nil},
		{`{"method":"tx","params":[` + create + `,{"x":` + remDoc + `}]}`, remove, nil},
		{`{"method":"tx","params":[{}]}`, "", token.ErrRoute},
		{`{"method":"tx","params":[]}`, "", token.ErrRoute},
		{`{"method":"tx"}`, "", token.ErrRoute},
		{`{"method":"domainRequest","params":["card",{"event":{"type":"removeCard"}}]}`, remove, nil},
		{`{"method":"domainRequest","params":["card",{"find":{}}]}`, write, nil},
		{`{"method":"domainRequest","params":["card"]}`, "", token.ErrRoute},
		{`{"method":"loadChunk"}`, "", token.ErrRoute},
		{`{"method":"clean"}`, "", token.ErrRoute},
		{`{"method":"upload"}`, "", token.ErrRoute},
		{`{"method":"FindAll"}`, "", token.ErrRoute},
		{`{"Method":"findAll"}`, "", token.ErrInvalid},
		{`{}`, "", token.ErrRoute},
		{`[]`, "", token.ErrInvalid},
	} {
		got, err := content.Reader{}.ReadMessage([]byte(c.text))
		check(t, c.text, got, err, c.scopes, c.want)
	}
}

func TestConditions(t *testing.T) {
	removal := map[string]string{"_class": "core:class:TxRemoveDoc"}
	for _, c := range []struct {
		where content.Where
		body  string
		holds bool
		want  error
	}{
		{content.Where{Members: removal}, remDoc, true, nil},
		{content.Where{Members: removal}, create, false, nil},
		{content.Where{Members: removal}, apply(remDoc), false, nil},
		{content.Where{Members: removal, Anywhere: true}, apply(remDoc), true, nil},
		{content.Where{Members: removal, Anywhere: true}, `{"a":[[1,` + remDoc + `]]}`, true, nil},
		{content.Where{Members: map[string]string{"a": "1", "b": "2"}}, `{"a":"1","b":"2"}`, true, nil},
		{content.Where{Members: map[string]string{"a": "1", "b": "2"}}, `{"a":"1"}`, false, nil},
		{content.Where{Members: map[string]string{"a": "1", "b": "2"}, Anywhere: true}, `{"x":{"a":"1"},"y":{"b":"2"}}`, false, nil},
		{content.Where{Members: map[string]string{"a": "1"}}, `{"a":1}`, false, nil},
		{content.Where{Members: map[string]string{"a": "1"}}, `{"A":"1"}`, false, token.ErrInvalid},
		{content.Where{Members: map[string]string{"a": "1"}}, `[{"a":"1"}]`, false, token.ErrInvalid},
		{content.Where{Members: map[string]string{"a": "1"}}, `{"a":"1","a":"2"}`, false, token.ErrInvalid},
		{content.Where{Members: map[string]string{"a": "1"}}, ``, false, token.ErrInvalid},
	} {
		holds, err := c.where.Holds([]byte(c.body))
		if holds != c.holds || !errors.Is(err, c.want) {
			t.Errorf("%+v in %s: %v, %v", c.where, c.body, holds, err)
		}
	}
}

func check(t *testing.T, name string, got token.Scopes, err error, scopes string, want error) {
	t.Helper()
	if !errors.Is(err, want) || want == nil && (err != nil || got.String() != scopes) {
		t.Errorf("%.80s: %q, %v; want %q, %v", name, got, err, scopes, want)
	}
}

// FuzzRead: a body that holds the class of a removal, spelt plainly, is refused
// or needs delete:*, whatever surrounds it.
func FuzzRead(f *testing.F) {
	f.Add(`{"_class":"core:class:TxApplyIf","txes":[`, `]}`)
	f.Add(`{"_class":"core:class:TxCreateDoc","attributes":`, `}`)
	f.Add(``, ``)
	f.Fuzz(func(t *testing.T, before, after string) {
		body := before + remDoc + after
		scopes, err := content.Reader{}.Read(content.Transaction, []byte(body))
		switch {
		case err == nil && !scopes.Covers(token.ScopeDelete) && !strings.Contains(before, `"`):
			t.Fatalf("%q passed with %q", body, scopes)
		case err != nil && !errors.Is(err, token.ErrInvalid) && !errors.Is(err, token.ErrRoute):
			t.Fatal(fmt.Errorf("%q: %w", body, err))
		}
	})
}
