package server

import (
	"net"

	"golang.org/x/sys/unix"
)

// peerUser gives the operating system user at the other end of a connection
// of the admin socket, as the kernel noted it when the connection was made
// (SO_PEERCRED). ok is false when it cannot be told.
func peerUser(conn net.Conn) (uid uint32, ok bool) {
	socket, isUnix := conn.(*net.UnixConn)
	if !isUnix {
		return 0, false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0, false
	}
	var cred *unix.Ucred
	var credErr error
	err = raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err != nil || credErr != nil {
		return 0, false
	}
	return cred.Uid, true
}
