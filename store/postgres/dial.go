package postgres

import (
	"net"
	"strings"
	"syscall"
	"time"
)

// dialer makes connections that notice a peer which is gone without a word:
// cut off, or lost with its machine. Keep-alives find out on an idle
// connection; data that nobody acknowledges needs a time-out of its own, or
// the kernel tries for a quarter of an hour and a commit in flight keeps its
// place in the pool for as long.
func dialer(deadline time.Duration) *net.Dialer {
	return &net.Dialer{
		Timeout:         deadline,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: deadline, Interval: time.Second, Count: 3},
		Control: func(network, _ string, conn syscall.RawConn) error {
			if !strings.HasPrefix(network, "tcp") {
				return nil
			}
			return limitUnacknowledged(conn, deadline)
		},
	}
}
