package message_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/tokenwright/tokenwright/internal/page/message"
)

// wanted are the languages that the console speaks.
func wanted() []string {
	return []string{"cs", "de", "en", "es", "fr", "it", "ja", "ko", "pt", "pt-br", "ru", "tr", "zh"}
}

func TestTheConsoleSpeaksItsLanguages(t *testing.T) {
	var there []string
	for _, one := range load(t).Languages() {
		there = append(there, one.Name())
	}
	got := slices.Sorted(slices.Values(there))
	if diff := cmp.Diff(wanted(), got); diff != "" {
		t.Errorf("the folders and those still to come are not the languages of the console:\n%s", diff)
	}
}

// texts reads the messages of a language: by key, the forms by their category.
func texts(t *testing.T, files fs.FS, name string) map[string]map[string]string {
	t.Helper()
	areas, err := fs.Glob(files, path.Join(name, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for _, area := range areas {
		data, err := fs.ReadFile(files, area)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]any
		if err := json.Unmarshal(data, &raw); err != nil {
			t.Fatal(err)
		}
		for key, value := range raw {
			all[key] = map[string]string{}
			switch value := value.(type) {
			case string:
				all[key]["other"] = value
			case map[string]any:
				for form, text := range value {
					all[key][form] = fmt.Sprint(text)
				}
			}
		}
	}
	return all
}

// same are keys that may be the same as in English, in any language: names and
// signs.
func same(key string) bool {
	return strings.HasPrefix(key, "format.") || slices.Contains([]string{
		"shell.me.groups",
		"tab.docs", // "API" is a name
	}, key)
}

func TestEveryLanguageHasTheMessagesOfEnglish(t *testing.T) {
	files := os.DirFS("locales")
	english := texts(t, files, "en")
	for _, l := range load(t).Languages() {
		if l.Name() == "en" {
			continue
		}
		t.Run(l.Name(), func(t *testing.T) {
			own := texts(t, files, l.Name())
			if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(own))); diff != "" {
				t.Errorf("keys (-en +%s):\n%s", l.Name(), diff)
			}
			alike := 0
			for key, forms := range own {
				checkForms(t, key, forms, english[key], categories(l.Tag()))
				if forms["other"] == english[key]["other"] && !same(key) {
					alike++
					t.Logf("%s is as in English: %q", key, forms["other"])
				}
			}
			// A word may be the same in two languages; a page may not.
			if alike*20 > len(own) {
				t.Errorf("%d of %d texts are as in English", alike, len(own))
			}
		})
	}
}

// checkForms holds a translation to the values and the plural categories that
// it needs.
func checkForms(t *testing.T, key string, forms, english map[string]string, needed []string) {
	t.Helper()
	if len(english) > 1 {
		if got := slices.Sorted(maps.Keys(forms)); !slices.Equal(got, needed) {
			t.Errorf("%s has the categories %q, the language has %q", key, got, needed)
		}
	} else if len(forms) != 1 {
		t.Errorf("%s does not depend on a number", key)
	}
	for form, text := range forms {
		if text == "" {
			t.Errorf("%s (%s) is empty", key, form)
		}
		got, want := values(text), values(english["other"])
		if form != "other" { // "one token" need not say 1
			got, want = slices.DeleteFunc(got, isN), slices.DeleteFunc(want, isN)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s (%s) has the values %q, English %q", key, form, got, want)
		}
	}
}

func isN(name string) bool { return name == "{n}" }

func values(text string) []string {
	list := regexp.MustCompile(`\{[a-z]+\}`).FindAllString(text, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// categories lists the plural categories of a language for whole numbers.
func categories(tag string) []string {
	names := map[plural.Form]string{
		plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
	}
	seen := map[string]bool{"other": true}
	for n := range 1000 {
		seen[names[plural.Cardinal.MatchPlural(language.MustParse(tag), n, 0, 0, 0, 0)]] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func load(t *testing.T) *message.Catalog {
	t.Helper()
	c, err := message.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// two is a catalogue of English and a language with more plural categories.
func two(t *testing.T) *message.Catalog {
	t.Helper()
	c, err := message.LoadFrom(fstest.MapFS{
		"en/a.json":      {Data: []byte(`{"a.hello":"Hello, {name}","a.only":"Only here","a.count":{"one":"{n} token","other":"{n} tokens"}}`)},
		"en/format.json": {Data: []byte(`{"format.group":","}`)},
		"ru/a.json":      {Data: []byte(`{"a.hello":"Привет, {name}","a.count":{"one":"{n} токен","few":"{n} токена","many":"{n} токенов","other":"{n} токена"}}`)},
		"ru/format.json": {Data: []byte(`{"format.group":" "}`)},
		"pt/a.json":      {Data: []byte(`{"a.hello":"Olá, {name}"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheLanguageIsTheFirstWishThatCanBeFulfilled(t *testing.T) {
	for _, tc := range []struct {
		wishes []string
		want   string
	}{
		{nil, "en"},
		{[]string{"", "ru-RU,ru;q=0.9,en;q=0.8"}, "ru"},
		{[]string{"pt", "ru"}, "pt"},
		{[]string{"pt-AO"}, "pt"},
		{[]string{"xx", "yy;q=0.5"}, "en"},
		{[]string{"not a language;;", "ru"}, "ru"},
		{[]string{strings.Repeat("ru,", 100), "pt"}, "pt"},
	} {
		if got := two(t).Choose(tc.wishes...).Name(); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.wishes, got, tc.want)
		}
	}
}

func TestNumbersChooseTheirForm(t *testing.T) {
	ru := two(t).Choose("ru")
	for n, want := range map[int]string{1: "1 токен", 3: "3 токена", 5: "5 токенов", 21: "21 токен", 1234567: "1 234 567 токенов"} {
		if got := ru.Count("a.count", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestWhatALanguageLacksIsSaidInEnglishByItsRules(t *testing.T) {
	pt := two(t).Choose("pt")
	if got := pt.Text("a.only"); got != "Only here" {
		t.Errorf("%q", got)
	}
	if got := pt.Count("a.count", 1000); got != "1,000 tokens" {
		t.Errorf("%q", got)
	}
	if got := pt.Text("a.unheard"); got != "⟦a.unheard⟧" {
		t.Errorf("%q", got)
	}
}

// A name that looks like a place for a value stays a name.
func TestValuesAreNotLookedInto(t *testing.T) {
	if got := two(t).Choose("en").Text("a.hello", "name", "{name}{n}%s<b>"); got != "Hello, {name}{n}%s<b>" {
		t.Errorf("%q", got)
	}
}

func TestTimesAreToldInTheUnitThatFits(t *testing.T) {
	en, now := load(t).Choose("en"), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for distance, want := range map[time.Duration]string{
		0: "just now", 20 * time.Second: "just now", -time.Minute: "1 minute ago", 2 * time.Hour: "in 2 hours",
		30*24*time.Hour - time.Second: "in 30 days", -90 * 24 * time.Hour: "90 days ago", 180 * 24 * time.Hour: "in 6 months", 800 * 24 * time.Hour: "in 2 years",
	} {
		if got := en.Ago(now.Add(distance), now); got != want {
			t.Errorf("%v: %q, want %q", distance, got, want)
		}
	}
	if got := en.Moment(now); got != "22 Nov 2026, 12:00 UTC" {
		t.Errorf("%q", got)
	}
}

func TestBadCataloguesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"a key of another area": `{"b.x":"x"}`, "no category other": `{"a.x":{"one":"x"}}`, "an unknown category": `{"a.x":{"other":"x","several":"x"}}`,
		"no text": `{"a.x":1}`, "no JSON": `{`,
	} {
		if _, err := message.LoadFrom(fstest.MapFS{"en/a.json": {Data: []byte(text)}}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
