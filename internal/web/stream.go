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

// answerPatience is how long the answer may take once the body was read.
const answerPatience = 10 * time.Minute

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

// Read implements io.Reader. The answer gets as long as the next piece of the
// body would, and behind the last piece as long as the work may take: net/http
// takes the end of that time for a client that left.
func (s stream) Read(p []byte) (int, error) {
	if err := s.wait(streamPatience); err != nil {
		return 0, err
	}
	n, err := s.body.Read(p)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		if waitErr := s.wait(answerPatience); waitErr != nil {
			return n, waitErr
		}
		return n, io.EOF // and nothing that wraps it: readers compare
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, ErrSlow
	}
	return n, token.NewError(ErrSyntax, token.Message(ErrSyntax), err)
}

// wait gives the connection so much time from now, by its clock, which is the
// system's.
func (s stream) wait(patience time.Duration) error {
	until := time.Now().Add(patience)
	return errors.Join(s.connection.SetReadDeadline(until), s.connection.SetWriteDeadline(until))
}
