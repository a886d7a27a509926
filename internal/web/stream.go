package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// streamPatience is how long a client that streams a body may be silent.
const streamPatience = 30 * time.Second

// Stream gives a body that is read piece by piece and not bounded in length, on
// a surface without a time limit. Reading it gives ErrSlow when the client is
// silent for too long, and ErrSyntax when it is cut off. Errors of Stream itself
// are ErrMediaType and ErrEncoding.
func (r *Request) Stream(mediaType string) (io.Reader, error) {
	if err := r.checkType(mediaType); err != nil {
		return nil, err
	}
	return stream{r.Body, http.NewResponseController(r.writer)}, nil
}

type stream struct {
	body       io.Reader
	connection *http.ResponseController
}

// Read implements io.Reader. Time runs by the connection's clock, which is the
// system's. The answer gets as long as the next piece of the body would.
func (s stream) Read(p []byte) (int, error) {
	until := time.Now().Add(streamPatience)
	if err := errors.Join(s.connection.SetReadDeadline(until), s.connection.SetWriteDeadline(until)); err != nil {
		return 0, err
	}
	n, err := s.body.Read(p)
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return n, err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, ErrSlow
	}
	return n, token.NewError(ErrSyntax, token.Message(ErrSyntax), err)
}
