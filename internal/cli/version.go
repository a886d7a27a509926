package cli

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  tokenwright version\n  tokenwright version -o json",
		Args:    names(),
	}
	a.outputFlag(c)
	return a.local(c, func(context.Context, []string) error {
		v := build()
		return a.result(v, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "tokenwright %s (%s, %s)\n", v.Version, v.Go, v.Platform)
			return err
		})
	})
}

// buildInfo is what the toolchain noted when it built this program.
type buildInfo struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func build() buildInfo {
	b := buildInfo{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Commit = s.Value
		}
	}
	return b
}

func version() string { return build().Version }
