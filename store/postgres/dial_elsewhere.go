//go:build !linux

package postgres

import (
	"syscall"
	"time"
)

// limitUnacknowledged leaves it to the system.
func limitUnacknowledged(syscall.RawConn, time.Duration) error { return nil }
