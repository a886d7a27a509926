package tokentest

import (
	"bytes"
	"net/http"
	"sync"
	"time"
)

// patience is how long a test waits for what takes milliseconds.
const patience = 30 * time.Second

// WaitReady waits until /readyz answers 200.
func (s *Server) WaitReady() {
	s.t.Helper()
	s.WaitStatus("/readyz", http.StatusOK)
}

// WaitStatus waits until a GET of the path answers with the status.
func (s *Server) WaitStatus(path string, status int) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	last := "no answer"
	for time.Now().Before(deadline) {
		select {
		case err := <-s.done:
			s.done <- err
			s.t.Fatalf("tokentest: the server has ended: %v", err)
		default:
		}
		resp, err := http.Get(s.URL + path)
		if err != nil {
			last = err.Error()
		} else {
			_ = resp.Body.Close()
			if resp.StatusCode == status {
				return
			}
			last = resp.Status
		}
		<-time.After(10 * time.Millisecond)
	}
	s.t.Fatalf("tokentest: %s does not answer %d: %s", path, status, last)
}

// record keeps the log in memory. Writes come from many goroutines.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

// String gives everything that was written.
func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}
