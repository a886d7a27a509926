package page

import (
	"strings"

	"github.com/tokenwright/tokenwright/internal/page/message"
)

// Tab is a place in the navigation.
type Tab struct {
	Path  string
	Title message.Key
	Icon  Icon
	// Permission is what one needs to be shown the tab; "" is nothing.
	Permission string
	// Group is the heading under which it stands; "" is none.
	Group message.Key
}

// tabGroup is tabs under one heading.
type tabGroup struct {
	title message.Key
	tabs  []Tab
}

// tabs gives what the visitor is shown, in groups.
func (v *Visitor) tabs() []tabGroup {
	var groups []tabGroup
	for _, tab := range v.site.opts.Tabs {
		if !v.site.opts.Serves(tab.Path) || !v.May(tab.Permission) {
			continue
		}
		if n := len(groups); n == 0 || groups[n-1].title != tab.Group {
			groups = append(groups, tabGroup{title: tab.Group})
		}
		last := &groups[len(groups)-1]
		last.tabs = append(last.tabs, tab)
	}
	return groups
}

// withheld gives the tabs that exist and that the visitor may not see.
func (v *Visitor) withheld() []Tab {
	var list []Tab
	for _, tab := range v.site.opts.Tabs {
		if v.site.opts.Serves(tab.Path) && !v.May(tab.Permission) {
			list = append(list, tab)
		}
	}
	return list
}

// covers reports whether a page belongs to the tab.
func (t Tab) covers(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	return path == t.Path || t.Path != "/" && strings.HasPrefix(path, t.Path+"/")
}
