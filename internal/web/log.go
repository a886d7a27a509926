package web

import (
	"context"
	"log/slog"
)

// connectionLog turns the lines that net/http writes about broken connections
// into records with a constant message. They tell of strangers who speak no
// HTTP, so their level is debug.
type connectionLog struct{ slog.Handler }

// Handle implements slog.Handler.
func (h connectionLog) Handle(ctx context.Context, r slog.Record) error {
	record := slog.NewRecord(r.Time, r.Level, "connection fault", r.PC)
	record.AddAttrs(slog.String("text", r.Message))
	return h.Handler.Handle(ctx, record)
}
