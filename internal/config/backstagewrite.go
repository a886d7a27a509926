package config

import (
	"encoding/json"
	"strings"

	"github.com/tokenwright/tokenwright/peer"
)

// writtenPeer is an entry as it is written: one line for each member.
type writtenPeer []string

// section writes the section "peer".
func section(keys, externals []writtenPeer) string {
	if len(keys)+len(externals) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("peer:\n")
	for _, list := range []struct {
		name    string
		entries []writtenPeer
	}{{"keys", keys}, {"external", externals}} {
		if len(list.entries) > 0 {
			out.WriteString("  " + list.name + ":\n")
		}
		for _, entry := range list.entries {
			out.WriteString("    - " + strings.Join(entry, "\n      ") + "\n")
		}
	}
	return out.String()
}

// writtenKey is an entry of peer.keys.
func writtenKey(caller peer.Caller, c carriedSecret) writtenPeer {
	var w writtenPeer
	if caller.Name != "" {
		w = append(w, "name: "+yamlText(caller.Name))
	}
	w = append(w, c.reference("secret"))
	if ownSubject(caller) {
		w = append(w, "subject: "+yamlText(string(caller.Subject)))
	}
	return append(append(w, writtenLimits(caller)...), c.shortness()...)
}

// writtenStatic is an entry of peer.external with a fixed text.
func writtenStatic(caller peer.Caller, c carriedSecret) writtenPeer {
	options := c.reference("token")
	if ownSubject(caller) {
		options += ", subject: " + yamlText(string(caller.Subject))
	}
	w := writtenPeer{"type: static", "name: " + yamlText(caller.Name), "options: {" + options + "}"}
	return append(append(w, writtenLimits(caller)...), c.shortness()...)
}

// writtenJWKS is an entry of peer.external with the tokens of another issuer.
func writtenJWKS(url string, j peer.JWKS) writtenPeer {
	w := writtenPeer{
		"type: jwks", "options:", "  url: " + yamlText(url), "  issuer: " + yamlTexts(j.Issuers),
		"  audience: " + yamlTexts(j.Audiences), "  algorithm: " + yamlTexts(j.Algorithms),
	}
	if j.SubjectPrefix != "" {
		w = append(w, "  subject_prefix: "+yamlText(j.SubjectPrefix))
	}
	return append(w, writtenLimits(j.Caller)...)
}

// ownSubject reports whether the subject does not follow from the name.
func ownSubject(caller peer.Caller) bool {
	return caller.Subject != "" && string(caller.Subject) != "external:"+caller.Name
}

func writtenLimits(caller peer.Caller) writtenPeer {
	if len(caller.Restrictions) == 0 {
		return nil
	}
	w := writtenPeer{"access_restrictions:"}
	for _, one := range caller.Restrictions {
		limit := "plugin: " + yamlText(one.Plugin)
		if one.Permissions != nil {
			limit += ", permission: " + yamlTexts(one.Permissions)
		}
		if one.Actions != nil {
			limit += ", permission_attribute: {action: " + yamlTexts(one.Actions) + "}"
		}
		w = append(w, "  - {"+limit+"}")
	}
	return w
}

// yamlText writes a text so that YAML reads that text and nothing else: what is
// JSON is YAML.
func yamlText(s string) string {
	data, _ := json.Marshal(s) // a string always can
	return string(data)
}

func yamlTexts(list []string) string {
	texts := make([]string, len(list))
	for i, one := range list {
		texts[i] = yamlText(one)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
