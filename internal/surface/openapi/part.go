package openapi

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed parts/*.yaml
var files embed.FS

// part describes one surface. See the package comment for how it is written.
type part struct {
	Name       string `yaml:"-"` // of the file, without its ending
	Tag        string
	About      string
	Error      content
	Parameters map[string]parameter
	Routes     []entry
	Schemas    map[string]raw
}

// content is what a body holds.
type content struct {
	// Schema is the name of a schema; empty for text that has none.
	Schema string
	// Type is the media type; empty means application/json.
	Type string
	// Optional is read of the bodies of requests.
	Optional bool
}

type parameter struct {
	In       string // query, path or header
	About    string
	Required bool
	Schema   raw
}

// entry describes one route.
type entry struct {
	Route      string // "GET /path", as it is mounted
	ID         string
	Summary    string
	About      string
	Parameters []string
	Body       *content
	Answers    map[int]answer
	Errors     []int // beside those that every route has
}

// answer is a success. Without schema and type it has no body.
type answer struct {
	Schema, Type, About string
	Headers             map[string]string // what they say, by name
}

func readParts() ([]part, error) {
	list, err := files.ReadDir("parts")
	if err != nil {
		return nil, err
	}
	parts := make([]part, len(list))
	for i, file := range list {
		text, err := files.ReadFile("parts/" + file.Name())
		if err != nil {
			return nil, err
		}
		if err := yaml.Load(text, &parts[i], yaml.WithKnownFields()); err != nil {
			return nil, fmt.Errorf("openapi: %s: %w", file.Name(), err)
		}
		parts[i].Name = strings.TrimSuffix(file.Name(), path.Ext(file.Name()))
	}
	return parts, nil
}
