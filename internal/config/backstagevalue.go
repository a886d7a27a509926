package config

import (
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// knows refuses an entry with keys that are not known: what they would mean is
// not carried over, and may be a limit.
func (e backstageEntry) knows(below string, known ...string) bool {
	n, at := e.node, e.at
	if below != "" {
		n, at = member(n, below), at+"."+below
	}
	if n == nil || n.Kind != yaml.MappingNode {
		e.refuse(at, "must be a section of the form \"key: value\"")
		return false
	}
	good := true
	for i := 0; i+1 < len(n.Content); i += 2 {
		if name := n.Content[i].Value; !slices.Contains(known, name) {
			e.refuse(at+"."+shown(name), "is not known; known here: %s", strings.Join(known, ", "))
			good = false
		}
	}
	return good
}

// find gives the value at a path of the entry.
func (e backstageEntry) find(path string) *yaml.Node {
	n := e.node
	for name := range strings.SplitSeq(path, ".") {
		n = member(n, name)
	}
	return n
}

// text reads a text that is required, in the reference's words where it is not
// there.
func (e backstageEntry) text(path string) (string, bool) {
	n := e.find(path)
	switch {
	case n == nil || n.ShortTag() == "!!null":
		e.refuse(e.at+"."+path, "Missing required config value at '%s.%s' in '%s'", e.at, path, e.opts.File)
	case n.Kind != yaml.ScalarNode:
		e.refuse(e.at+"."+path, "is not a text that stands in the file; write it out")
	case n.ShortTag() != "!!str":
		e.refuse(e.at+"."+path, "Invalid type in config for key '%s.%s' in '%s', got %s, wanted string", e.at, path, e.opts.File, typeOf(n))
	case strings.Contains(n.Value, "${"):
		e.refuse(e.at+"."+path, "is filled in by Backstage when it starts; write the value out")
	default:
		return n.Value, true
	}
	return "", false
}

// typeOf names what stands in the place of a text as JavaScript does.
func typeOf(n *yaml.Node) string {
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "number"
	case "!!bool":
		return "boolean"
	}
	return "object"
}

// texts reads a text or a list of texts, split at spaces and commas. Absent
// gives none: whether that may be is not decided here.
func (e backstageEntry) texts(path string) ([]string, bool) {
	n := e.find(path)
	if n == nil {
		return nil, true
	}
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	var texts []string
	for _, one := range list {
		if one.Kind != yaml.ScalarNode || one.ShortTag() != "!!str" || strings.Contains(one.Value, "${") {
			e.refuse(e.at+"."+path, "must be a text or a list of texts that stand in the file")
			return nil, false
		}
		texts = append(texts, one.Value)
	}
	return peer.SplitList(texts), true
}

// carriedSecret is a secret or fixed text that is carried over.
type carriedSecret struct {
	ref SecretRef
	// secret is the secret itself; one that cannot be read has another in its
	// place, so that the rest of the entry can be judged.
	secret token.Secret
	unread bool
	inline bool // it stands in the file itself
	short  bool // it is admitted as one that is too short
}

// reference gives the member that refers to it: "secret_file: …".
func (c carriedSecret) reference(stem string) string {
	if c.ref.Env != "" {
		return stem + "_env: " + yamlText(c.ref.Env)
	}
	return stem + "_file: " + yamlText(c.ref.File)
}

func (c carriedSecret) shortness() writtenPeer {
	if !c.short {
		return nil
	}
	return writtenPeer{"allow_short_key: true"}
}

// secret reads a secret: one that stands in the file, or a reference to one.
func (e backstageEntry) secret(path string) (carriedSecret, bool) {
	n := e.find(path)
	if n != nil && n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[1].Value != "" {
		switch value := n.Content[1].Value; n.Content[0].Value {
		case "$env":
			return e.elsewhere(SecretRef{Env: value}), true
		case "$file":
			return e.elsewhere(SecretRef{File: e.beside(value)}), true
		}
		e.refuse(e.at+"."+path, "is a reference that is not known here; put the secret into a file or a variable of the environment")
		return carriedSecret{}, false
	}
	if n != nil && n.Kind == yaml.ScalarNode {
		if name, whole := variable(n.Value); whole {
			return e.elsewhere(SecretRef{Env: name}), true
		}
	}
	text, ok := e.text(path)
	switch {
	case !ok:
		return carriedSecret{}, false
	case e.opts.Secrets == "":
		e.refuse(e.at+"."+path, "stands in the file itself, and a configuration of Tokenwright refers to secrets: "+
			"give --secrets DIR to have it written to a file there")
		return carriedSecret{}, false
	}
	name := strings.NewReplacer("backend.auth.", "", "[", "-", "]", "").Replace(e.at)
	return carriedSecret{ref: SecretRef{File: filepath.Join(e.opts.Secrets, name)}, secret: token.NewSecret(text), inline: true}, true
}

// variable gives the name in a text that is "${NAME}" and nothing else.
func variable(text string) (name string, whole bool) {
	name, opens := strings.CutPrefix(strings.TrimSpace(text), "${")
	name, closes := strings.CutSuffix(name, "}")
	return name, opens && closes && name != "" && !strings.ContainsAny(name, "${}:- ")
}

// elsewhere is a secret that stands somewhere else. One that can be read is
// judged.
func (e backstageEntry) elsewhere(ref SecretRef) carriedSecret {
	c := carriedSecret{ref: ref}
	var err error
	if ref.File != "" {
		c.secret, err = ref.Read(nil)
	}
	if ref.File == "" || err != nil {
		if _, known := e.unread[ref]; !known {
			e.unread[ref] = peer.GenerateSecret() // one for each, so that two callers with one are found
		}
		c.secret, c.unread = e.unread[ref], true
	}
	return c
}
