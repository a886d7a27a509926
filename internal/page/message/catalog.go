package message

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed locales
var embedded embed.FS

// Key names a message.
type Key string

// fallback is the language that has every message.
const fallback = "en"

// Catalog holds the messages of all languages. It is safe for concurrent use.
type Catalog struct {
	languages []*Language // English first
	matcher   language.Matcher
}

// text is one message. A message that does not depend on a number has one form,
// under plural.Other.
type text map[plural.Form]string

// Load reads the catalogues that are built in.
func Load() (*Catalog, error) {
	files, err := fs.Sub(embedded, "locales")
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	return LoadFrom(files)
}

// LoadFrom reads catalogues from folders with the names of languages.
func LoadFrom(files fs.FS) (*Catalog, error) {
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	c := &Catalog{}
	english, err := readLanguage(files, fallback, nil)
	if err != nil {
		return nil, err
	}
	c.languages = append(c.languages, english)
	for _, folder := range folders {
		if !folder.IsDir() || folder.Name() == fallback {
			continue
		}
		one, err := readLanguage(files, folder.Name(), english)
		if err != nil {
			return nil, err
		}
		c.languages = append(c.languages, one)
	}
	tags := make([]language.Tag, len(c.languages))
	for i, one := range c.languages {
		tags[i] = one.tag
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

func readLanguage(files fs.FS, name string, english *Language) (*Language, error) {
	tag, err := language.Parse(name)
	if err != nil {
		return nil, fmt.Errorf("message: %s is no language: %w", name, err)
	}
	l := &Language{name: name, tag: tag, texts: map[Key]text{}, english: english}
	areas, err := fs.Glob(files, path.Join(name, "*.json"))
	if err != nil || len(areas) == 0 {
		return nil, fmt.Errorf("message: %s has no messages", name)
	}
	for _, area := range areas {
		if err := l.read(files, area); err != nil {
			return nil, fmt.Errorf("message: %s: %w", area, err)
		}
	}
	return l, nil
}

// read adds the messages of one area.
func (l *Language) read(files fs.FS, area string) error {
	data, err := fs.ReadFile(files, area)
	if err != nil {
		return err
	}
	var raw map[Key]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	lead := strings.TrimSuffix(path.Base(area), ".json") + "."
	for key, value := range raw {
		if !strings.HasPrefix(string(key), lead) {
			return fmt.Errorf("%s does not begin with the name of its file", key)
		}
		if l.texts[key], err = readText(value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// forms are the plural categories by the names that CLDR has for them.
func forms() map[string]plural.Form {
	return map[string]plural.Form{
		"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
	}
}

func readText(value json.RawMessage) (text, error) {
	var single string
	if err := json.Unmarshal(value, &single); err == nil {
		return text{plural.Other: single}, nil
	}
	var several map[string]string
	if err := json.Unmarshal(value, &several); err != nil {
		return nil, err
	}
	read, known := text{}, forms()
	for name, one := range several {
		form, ok := known[name]
		if !ok {
			return nil, fmt.Errorf("%q is no plural category", name)
		}
		read[form] = one
	}
	if read[plural.Other] == "" {
		return nil, fmt.Errorf("the category %q is missing", "other")
	}
	return read, nil
}

// Languages lists the languages, English first, the others by name.
func (c *Catalog) Languages() []*Language { return slices.Clone(c.languages) }

// longestWish is how much of an Accept-Language header is read.
const longestWish = 200

// Choose gives the language for the first wish that can be fulfilled, else
// English. A wish is the name of a language or a list of them in the form of
// the Accept-Language header (RFC 9110 section 12.5.4).
func (c *Catalog) Choose(wishes ...string) *Language {
	for _, wish := range wishes {
		if wish == "" || len(wish) > longestWish {
			continue
		}
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil {
			continue
		}
		if _, i, confidence := c.matcher.Match(tags...); confidence > language.No {
			return c.languages[i]
		}
	}
	return c.languages[0]
}

// Named gives the language of exactly this name; ok is false when there is
// none.
func (c *Catalog) Named(name string) (l *Language, ok bool) {
	i := slices.IndexFunc(c.languages, func(l *Language) bool { return l.name == name })
	if i < 0 {
		return nil, false
	}
	return c.languages[i], true
}
