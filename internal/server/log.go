package server

import (
	"log/slog"
	"os"

	"github.com/tokenwright/tokenwright/internal/config"
)

// newLog gives the log that the configuration asks for.
func newLog(cfg config.Log) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.Level}
	if cfg.Format == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, opts))
}
