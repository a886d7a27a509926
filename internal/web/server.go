package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Limits of connections (rows I-01, I-03, I-04; trap T-20: net/http has none
// by default).
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 60 * time.Second
	maxStreams        = 100

	// maxHeaderBytes is 16 KiB less the 4,096 bytes that net/http adds to the
	// limit it is given.
	maxHeaderBytes = 16<<10 - 4096
)

// NewServer gives a server with the limits of the house for a handler.
// Streams lift the write limit for themselves by http.ResponseController.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog:          slog.NewLogLogger(connectionLog{log.Handler()}, slog.LevelDebug),
		// "OPTIONS *" would otherwise be answered 200 before any gate.
		DisableGeneralOptionsHandler: true,
	}
}

func typeName(v any) string { return fmt.Sprintf("%T", v) }

func errDuplicate(method, pattern string) error {
	return fmt.Errorf("web: route %s %s is mounted twice", method, pattern)
}
