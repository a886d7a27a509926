package cli

import (
	"context"
	"encoding/json"
	"errors"
	"hash"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/intake"
)

// openPlugin opens the database of the plugin, and that of the sessions where
// one is named.
func (a *app) openPlugin(ctx context.Context, name, sessions string) (tokenSource, error) {
	table, err := intake.OpenPrimeDX(ctx, name)
	if err != nil {
		return nil, err
	}
	source := &tableSource{PrimeDX: table, now: a.Clock()}
	if sessions == "" {
		return source, nil
	}
	if source.sessions, err = intake.OpenPrimeDX(ctx, sessions); err != nil {
		return nil, errors.Join(err, table.Close())
	}
	return source, nil
}

// tableSource is a table of the plugin. What is summed is its tokens.
type tableSource struct {
	*intake.PrimeDX
	sessions *intake.PrimeDX // nil: service tokens are read
	now      time.Time       // one time for both readings
	reading  *intake.PrimeDXTokens
}

// Close implements io.Closer.
func (t *tableSource) Close() error {
	err := t.PrimeDX.Close()
	if t.sessions != nil {
		err = errors.Join(err, t.sessions.Close())
	}
	return err
}

func (t *tableSource) begin(ctx context.Context, sum hash.Hash) (intake.Reader, error) {
	if t.reading != nil {
		if err := t.reading.Close(); err != nil {
			return nil, err
		}
	}
	var err error
	if t.sessions == nil {
		t.reading, err = t.Tokens(ctx)
	} else {
		t.reading, err = t.Personal(ctx, t.sessions, t.now)
	}
	if err != nil {
		return nil, err
	}
	return summing{t.reading, sum}, nil
}

type summing struct {
	intake.Reader
	sum hash.Hash
}

// Next implements intake.Reader.
func (s summing) Next() (api.ImportLine, error) {
	line, err := s.Reader.Next()
	if err == nil {
		err = json.NewEncoder(s.sum).Encode(line)
	}
	return line, err
}
