package web

import (
	"io"
	"net/http"
	"time"
)

// eventPatience is how long a client may take to receive one event. One that is
// gone without a word is noticed by the next heartbeat.
const eventPatience = 10 * time.Second

// Events is an answer that goes on: events of which the page that asked hears as
// they come (HTML Living Standard, "Server-sent events"). It is for one
// goroutine.
type Events struct {
	body       io.Writer
	connection *http.ResponseController
}

// Events begins the answer, on a surface without a time limit. From then on the
// handler cannot answer with an error any more; it ends when the request's
// context does, at the latest.
func (r *Request) Events() (*Events, error) {
	e := &Events{r.writer, http.NewResponseController(r.writer)}
	// net/http takes the end of the time for reading for a client that left.
	if err := e.connection.SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	h := r.writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // nginx would keep events until they fill a buffer
	r.writer.WriteHeader(http.StatusOK)
	r.answered = r.limiter.clock()
	err := e.Beat()
	return e, err
}

// Send sends an event. Neither its name nor its data may hold a line break.
func (e *Events) Send(name, data string) error {
	return e.write("event: " + name + "\ndata: " + data + "\n\n")
}

// Beat sends nothing that anybody hears of. It shows whether the client is still
// there, and keeps proxies from taking the connection for a dead one.
func (e *Events) Beat() error { return e.write(":\n\n") }

func (e *Events) write(text string) error {
	if err := e.connection.SetWriteDeadline(time.Now().Add(eventPatience)); err != nil { // by the connection's clock
		return err
	}
	if _, err := io.WriteString(e.body, text); err != nil {
		return err
	}
	return e.connection.Flush()
}
