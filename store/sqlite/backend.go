package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"time"

	"github.com/tokenwright/tokenwright/store"
)

// backend implements store.Backend.
type backend struct {
	path             string
	writing, reading *sql.DB
	reader           *prepared
	writer           *writer
	lock             *os.File
}

func (b *backend) Reader() store.DBTX { return b.reader }

func (b *backend) Write(ctx context.Context, change func(context.Context, store.DBTX) error) error {
	return b.writer.write(ctx, change)
}

func (b *backend) WriteLong(ctx context.Context, atMost time.Duration, change func(context.Context, store.DBTX) error) error {
	return b.writer.writeLong(ctx, atMost, change)
}

// Notify does nothing: there is no other node.
func (b *backend) Notify(context.Context, store.DBTX) error { return nil }

func (b *backend) Close() error {
	return errors.Join(b.writer.stop(), b.reader.close(), b.reading.Close(), b.writing.Close(), b.lock.Close())
}
