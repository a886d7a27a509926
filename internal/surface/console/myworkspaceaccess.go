package console

import (
	"slices"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/token"
)

// Values of the choice between what a workspace token may do: the presets of its
// form, what changes nothing first.
const (
	accessReadOnly  = "read-only"
	accessReadWrite = "read-write"
	accessFull      = "full-access"
	accessKeep      = "keep" // of a rotation: as before
)

func presetNames() []string { return []string{accessReadOnly, accessReadWrite, accessFull} }

// presetScopes gives the scopes of a preset; nil for what is none.
func presetScopes(name string) token.Scopes {
	switch name {
	case accessReadOnly:
		return token.Scopes{token.ScopeRead}
	case accessReadWrite:
		return token.Scopes{token.ScopeRead, token.ScopeWrite}
	case accessFull:
		return token.WorkspaceScopes()
	}
	return nil
}

// presetOf gives the preset of scopes, "" for a choice that is none.
func presetOf(scopes []string) string {
	for _, name := range presetNames() {
		if slices.Equal(presetScopes(name), scopes) {
			return name
		}
	}
	return ""
}

func presetKey(name string) message.Key  { return message.Key("workspace.access." + name) }
func summaryKey(name string) message.Key { return message.Key("workspace.summary." + name) }

func presetOption(v *page.Visitor, name string) page.Option {
	return page.Option{Value: name, Label: v.Text(presetKey(name)), Hint: v.Text(presetKey(name) + ".hint")}
}

// workspacePresets is the choice of what a new token may do.
func workspacePresets(v *page.Visitor) []page.Option {
	var list []page.Option
	for _, name := range presetNames() {
		list = append(list, presetOption(v, name))
	}
	return list
}

// narrowerPresets is the choice of what the successor of a token may do: as much,
// or less. It is none where there is no less.
func narrowerPresets(v *page.Visitor, t tokenView) []page.Option {
	list := []page.Option{presetOption(v, accessKeep)}
	for _, name := range presetNames() {
		scopes := presetScopes(name)
		more := slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(t.Scopes, scope) })
		if !more && (t.Unscoped || len(scopes) < len(t.Scopes)) {
			list = append(list, presetOption(v, name))
		}
	}
	if len(list) == 1 {
		return nil
	}
	return list
}

// withAllScopes gives a token without scopes those that it has by that.
func withAllScopes(t token.Token) token.Token {
	t.Scopes = token.WorkspaceScopes()
	return t
}
