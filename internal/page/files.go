package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/internal/web"
)

// staticPath is where static files are served.
const staticPath = "/static"

//go:embed static
var static embed.FS

// file is a static file, as it is and compressed. Its path names its content,
// so that browsers may keep it for ever.
type file struct {
	path, mediaType string
	plain, zipped   []byte
}

// files are all static files.
type files struct{ style, script, icon *file }

func (f files) all() []*file { return []*file{f.style, f.script, f.icon} }

// loadFiles reads the static files. Style sheets and scripts are written in
// parts and served as one each, in the order of their names.
func loadFiles() (files, error) {
	var f files
	for _, one := range []struct {
		into                       **file
		parts, name, ending, media string
	}{
		{&f.style, "static/*.css", "console", ".css", "text/css; charset=utf-8"},
		{&f.script, "static/*.js", "console", ".js", "text/javascript; charset=utf-8"},
		{&f.icon, "static/*.svg", "icon", ".svg", "image/svg+xml"},
	} {
		text, err := joined(one.parts)
		if err != nil {
			return files{}, err
		}
		*one.into = newFile(one.name, one.ending, one.media, text)
	}
	return f, nil
}

func joined(pattern string) ([]byte, error) {
	names, err := fs.Glob(static, pattern) // sorted
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("page: no file is built in for %s", pattern)
	}
	var out bytes.Buffer
	for _, name := range names {
		text, err := static.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		out.Write(text)
	}
	return out.Bytes(), nil
}

func newFile(name, ending, mediaType string, text []byte) *file {
	sum := sha256.Sum256(text)
	var zipped bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is one that exists
	_, _ = zip.Write(text)                                       // into memory
	_ = zip.Close()
	return &file{
		path:      path.Join(staticPath, name+"-"+hex.EncodeToString(sum[:8])+ending),
		mediaType: mediaType, plain: text, zipped: zipped.Bytes(),
	}
}

// serve answers GET /static/{name}. A name of another version is not found: a
// page names the files of its own.
func (f files) serve(w http.ResponseWriter, r *web.Request) error {
	for _, one := range f.all() {
		if one.path == path.Join(staticPath, r.PathValue("name")) {
			return one.serve(w, r)
		}
	}
	return web.ErrNoRoute
}

func (f *file) serve(w http.ResponseWriter, r *web.Request) error {
	body := f.plain
	h := w.Header()
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = f.zipped
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Type", f.mediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	return nil
}
