package pgtest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// memory is a file system in memory, on most systems half its size.
const memory = "/dev/shm"

// roomInMemory reports whether there is plenty of it: a container may have
// little.
func roomInMemory() bool {
	var room syscall.Statfs_t
	if err := syscall.Statfs(memory, &room); err != nil {
		return false
	}
	return room.Bavail*uint64(room.Bsize) > 1<<30
}

// children lists the processes the server has started: one for each connection
// and some for itself. They leave the server's process group, so their parent
// is the only way to find them.
func (s *server) children() []int {
	stats, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var found []int
	for _, entry := range stats {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if _, parent, ok := processState(pid); ok && parent == s.process.Pid {
			found = append(found, pid)
		}
	}
	return found
}

func anyAlive(pids []int) bool {
	for _, pid := range pids {
		if state, _, ok := processState(pid); ok && state != 'Z' {
			return true
		}
	}
	return false
}

// processState reads the state and the parent of a process; see proc(5). The
// second field, the program's name, may hold anything, so reading begins
// behind its last parenthesis.
func processState(pid int) (state byte, parent int, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, false
	}
	_, err = fmt.Sscanf(string(text[bytes.LastIndexByte(text, ')')+1:]), " %c %d", &state, &parent)
	return state, parent, err == nil
}
