package page

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"

	"github.com/tokenwright/tokenwright/internal/web"
)

// zippers compress pages. A row of a table is much like the next one, so little
// effort makes a list a tenth of what it is.
type zippers struct{ pool sync.Pool }

// zips reports whether a page may be compressed for a request: one that is asked
// for, which holds nothing that is secret and the same each time. What answers a
// POST may hold a secret, and is short.
func zips(r *web.Request) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	return reads && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// zip compresses a page.
func (z *zippers) zip(plain []byte) []byte {
	writer, ok := z.pool.Get().(*gzip.Writer)
	var out bytes.Buffer
	if ok {
		writer.Reset(&out)
	} else {
		writer, _ = gzip.NewWriterLevel(&out, gzip.BestSpeed) // the level is one that exists
	}
	defer z.pool.Put(writer)
	_, _ = writer.Write(plain) // into memory
	_ = writer.Close()
	return out.Bytes()
}
