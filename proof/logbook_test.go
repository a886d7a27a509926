package proof_test

import (
	"bytes"
	"encoding/json"
	"sync"
)

// logbook keeps what a server says and finds the address of its public door.
type logbook struct {
	listening chan string

	mu   sync.Mutex
	text bytes.Buffer
	line []byte // the last one, as far as it has come
	told bool
}

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if l.told {
		return len(p), nil
	}
	l.line = append(l.line, p...)
	for {
		line, rest, whole := bytes.Cut(l.line, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.line = rest
		var event struct{ Msg, Door, Address string }
		if json.Unmarshal(line, &event) == nil && event.Msg == "listening" && event.Door == "public" && !l.told {
			l.told = true
			l.listening <- event.Address
		}
	}
}

// all gives everything that was said.
func (l *logbook) all() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.text.Bytes())
}

// tail gives the end of it, for the message of a failure.
func (l *logbook) tail() string {
	all := l.all()
	return string(all[max(0, len(all)-4096):])
}
