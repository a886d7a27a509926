package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// BackstageOptions say how a configuration of Backstage is carried over.
type BackstageOptions struct {
	// File is its path, for messages and for the files that it refers to.
	File string
	// Secrets is the folder for secrets that stand in the file itself; ""
	// means that they are not carried over.
	Secrets string
	// AllowShort carries over secrets and texts that are too short, by
	// allow_short_key.
	AllowShort bool
}

// BackstageImport is what came of a configuration of Backstage.
type BackstageImport struct {
	// Section is the section "peer" in YAML, "" when nothing was carried over.
	Section string
	// Files are the secrets to write, by path.
	Files map[string]token.Secret
	// Notes tell what is carried over and is not the same here.
	Notes []BackstageLine
	// Refused tell what is not carried over, and why.
	Refused []BackstageLine
}

// BackstageLine is about one place of a configuration of Backstage.
type BackstageLine struct {
	Place   string // "backend.auth.externalAccess[0]"
	Message string
}

// String gives "place: message".
func (l BackstageLine) String() string { return l.Place + ": " + l.Message }

// ImportBackstage turns backend.auth of a configuration of Backstage into a
// section "peer" (PEER-10). Each caller becomes what it was or less, never more:
// what cannot be carried over is told and left out. Its error means that the
// file is no configuration at all.
func ImportBackstage(data []byte, opts BackstageOptions) (BackstageImport, error) {
	root, problem, line := parse(data)
	switch {
	case problem != "" && line > 0:
		return BackstageImport{}, token.Invalid(fmt.Sprintf("%s:%d: %s", opts.File, line, problem))
	case problem != "":
		return BackstageImport{}, token.Invalid(opts.File + ": " + problem)
	case root.Kind != yaml.MappingNode:
		return BackstageImport{}, token.Invalid(opts.File + ": must hold settings of the form \"key: value\"")
	}
	r := backstageReader{opts: opts, names: map[string]bool{}, unread: map[SecretRef]token.Secret{}}
	r.out.Files = map[string]token.Secret{}
	auth := member(member(root, "backend"), "auth")
	for i := 0; auth != nil && i+1 < len(auth.Content); i += 2 {
		switch name := auth.Content[i].Value; name {
		case "keys", "externalAccess":
		default:
			r.refuse("backend.auth."+setting(name), "has no counterpart here")
		}
	}
	r.each(member(auth, "keys"), "backend.auth.keys", r.key)
	r.each(member(auth, "externalAccess"), "backend.auth.externalAccess", r.external)
	if auth == nil {
		r.refuse("backend.auth", "is not in this file; name the one that it stands in")
	}
	r.out.Section = section(r.keys, r.externals)
	return r.out, nil
}

// backstageReader carries entries over, one after the other.
type backstageReader struct {
	opts BackstageOptions
	out  BackstageImport
	// accepted are the callers so far, as package peer judges them.
	accepted        peer.Options
	keys, externals []writtenPeer
	names           map[string]bool
	unread          map[SecretRef]token.Secret // what stands for secrets that were not read
}

func (r *backstageReader) refuse(place, format string, args ...any) {
	r.out.Refused = append(r.out.Refused, BackstageLine{place, fmt.Sprintf(format, args...)})
}

func (r *backstageReader) note(place, format string, args ...any) {
	r.out.Notes = append(r.out.Notes, BackstageLine{place, fmt.Sprintf(format, args...)})
}

// each carries over the entries of a list.
func (r *backstageReader) each(list *yaml.Node, at string, carry func(backstageEntry)) {
	if list == nil {
		return
	}
	if list.Kind != yaml.SequenceNode {
		r.refuse(at, "must be a list")
		return
	}
	for i, n := range list.Content {
		if place := indexed(at, i); aliased(n) {
			r.refuse(place, "uses a YAML anchor or alias; write the value out")
		} else {
			carry(backstageEntry{r, place, n})
		}
	}
}

// aliased reports whether there is an alias in n, which could make a small file
// grow without bound.
func aliased(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, aliased)
}

// judge lets package peer judge a caller beside those before it.
func (r *backstageReader) judge(add func(*peer.Options)) error {
	next := r.accepted
	add(&next)
	_, err := peer.New(next)
	return err
}

// admit keeps a caller, or tells why it is not carried over.
func (r *backstageReader) admit(add func(*peer.Options)) bool {
	err := r.judge(add)
	var faults peer.Faults
	errors.As(err, &faults)
	for _, one := range faults {
		hint := ""
		if !r.opts.AllowShort && (strings.Contains(one.Message, "are needed") || strings.Contains(one.Message, "not base64")) {
			hint = "; --allow-short-keys carries it over as it is, while it is replaced"
		}
		r.refuse(one.Place, "%s%s", one.Message, hint)
	}
	if err == nil {
		add(&r.accepted)
	}
	return err == nil
}

// name gives a caller a name that no other has, after its subject.
func (r *backstageReader) name(subject string) string {
	name := strings.Trim(strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, strings.ToLower(strings.TrimPrefix(subject, "external:"))), "-")
	name = name[:min(len(name), 55)]
	if name == "" {
		name = "peer"
	}
	unique := name
	for i := 2; r.names[unique]; i++ {
		unique = fmt.Sprintf("%s-%d", name, i)
	}
	r.names[unique] = true
	return unique
}

// beside gives a path that the file refers to as it is from here.
func (r *backstageReader) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(r.opts.File), path)
}

// setting gives a key of Backstage as it may stand in a message. Its own names
// are longer than ours.
func setting(name string) string {
	odd := func(c rune) bool { return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') }
	if len(name) <= 40 && name != "" && !strings.ContainsFunc(name, odd) {
		return name
	}
	return shown(name)
}

// member gives the value of a key of a section, or nil.
func member(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}
