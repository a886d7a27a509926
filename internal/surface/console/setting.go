package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
)

// settingsPath is the page about the installation.
const settingsPath = adminBase + "/settings"

// Installation is what the page about the installation shows.
type Installation struct {
	Build     Build
	StartedAt time.Time
	PublicURL string
	Data      string // the folder
	Database  string // without a password
	// Metrics is the address of metrics and profiles; "" where they are off.
	Metrics string
	// File is the configuration file that was read; "" where there is none.
	File     string
	Settings []Setting
	// Check looks at everything that a running server can say about its health.
	Check func(ctx context.Context) []Finding
}

// Build is what the toolchain noted when it built the program. Commit may be "".
type Build struct{ Version, Commit, Go, Platform string }

// Setting is one value of the configuration in force, without secrets. Source is
// "file:line", the name of a variable, or a flag with its dashes; "" is the
// default.
type Setting struct{ Key, Value, Source string }

// Finding is what a check has found, in the words of the server.
type Finding struct {
	Name string
	// OK is false for a fault. A Warning is one with which the server works.
	OK, Warning bool
	Found       string
	Mend        string // how; "" where there is nothing to mend
}

func (h handlers) settingRoutes() []web.Route {
	return []web.Route{{Method: http.MethodGet, Pattern: "/settings", Access: web.Browsers(string(policy.Admin)), Handle: h.showSettings}}
}

// shownSettings is the page about the installation.
type shownSettings struct {
	Installation

	health       page.Table
	worst        page.Tone // of all findings
	given, other page.Table
	defaults     int
}

func (h handlers) showSettings(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	shown := shownSettings{Installation: h.Installation}
	shown.health, shown.worst = healthTable(v, h.Installation.Check(r.Context()))
	var given, other []Setting
	for _, one := range h.Installation.Settings {
		if one.Source == "" {
			other = append(other, one)
		} else {
			given = append(given, one)
		}
	}
	shown.given, shown.other, shown.defaults = settingTable(v, "settings.given", given), settingTable(v, "settings.defaults", other), len(other)
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("settings.title"), Tab: settingsPath, Content: settingsPage(v, shown)})
}

// healthTable shows findings, those that need somebody first, and gives the
// tone of the worst.
func healthTable(v *page.Visitor, findings []Finding) (page.Table, page.Tone) {
	table := page.Table{
		Caption: v.Text("settings.health"),
		Columns: []page.Column{
			{Title: v.Text("settings.check")}, {Title: v.Text("settings.state")}, {Title: v.Text("settings.found")},
		},
	}
	worst := page.ToneGood
	for _, wanted := range []page.Tone{page.ToneBad, page.ToneWarn, page.ToneGood} {
		for _, one := range findings {
			if one.tone() != wanted {
				continue
			}
			if worst == page.ToneGood {
				worst = wanted
			}
			table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
				textCell(checkName(v, one)), healthCell(v, one.tone()), foundCell(one, checkMend(v, one)),
			}})
		}
	}
	return table, worst
}

func (f Finding) tone() page.Tone {
	switch {
	case !f.OK:
		return page.ToneBad
	case f.Warning:
		return page.ToneWarn
	}
	return page.ToneGood
}

// toneKey names the state of a check.
func toneKey(tone page.Tone) message.Key { return message.Key("settings.health." + string(tone)) }

// checkName gives a check a name for the visitor. One that has none is called as
// the server calls it.
func checkName(v *page.Visitor, f Finding) string {
	if key := message.Key("settings.check." + checkWord(f)); v.Has(key) {
		return v.Text(key)
	}
	return f.Name
}

// checkMend says how to mend what a check has found; "" where it found nothing.
func checkMend(v *page.Visitor, f Finding) string {
	if key := message.Key("settings.mend." + checkWord(f)); f.Mend != "" && v.Has(key) {
		return v.Text(key)
	}
	return f.Mend
}

func checkWord(f Finding) string { return strings.ReplaceAll(f.Name, " ", "-") }

func settingTable(v *page.Visitor, caption message.Key, list []Setting) page.Table {
	table := page.Table{
		Caption: v.Text(caption),
		Columns: []page.Column{{Title: v.Text("settings.key")}, {Title: v.Text("settings.value")}, {Title: v.Text("settings.source")}},
		Empty:   page.Empty{Title: v.Text("settings.none"), Text: v.Text("settings.none.text")},
	}
	for _, one := range list {
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{codeCell(one.Key), codeCell(one.Value), sourceCell(v, one)}})
	}
	return table
}
