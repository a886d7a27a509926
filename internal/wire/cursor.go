package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// Cursors makes and reads the texts by which a client asks for the next page of
// a list. A cursor names a place in one list under one selection, and is sealed
// with a MAC over all three: what a client has made up or changed reaches no
// query (row H-09), and a cursor of one list is none of another, where it would
// leave things out without a word.
//
// It gives no right. Who asks for a page must be allowed to read the list, with a
// cursor as without.
type Cursors struct{ key []byte }

// NewCursors takes a key of 32 bytes that all nodes have.
func NewCursors(key []byte) Cursors { return Cursors{key} }

// Listing is what is read page by page: its name, and what of it is selected.
type Listing struct {
	Name string
	// Selection are the parameters of the request. Those about the page
	// itself, limit and the cursor, select nothing.
	Selection web.Params
	// Parameter is the name of the one that holds the cursor.
	Parameter string
}

// selected gives the selection in its one spelling.
func (l Listing) selected() string { return l.Selection.Without("limit", l.Parameter) }

// maxCursor is the longest cursor that is read, in bytes.
const maxCursor = 500

// Seal gives the cursor of a place. The parts of a place hold no line break.
func (c Cursors) Seal(list Listing, place ...string) string {
	text := strings.Join(place, "\n")
	return base64.RawURLEncoding.EncodeToString(append(c.mac(list, text), text...))
}

// Open gives the place of the cursor in a request, of so many parts; nil when
// there is none, which means the beginning. An error is a web.ErrCursor.
func (c Cursors) Open(list Listing, parts int) ([]string, error) {
	raw, err := list.Selection.One(list.Parameter)
	if err != nil || raw == "" {
		return nil, err
	}
	refused := token.NewError(web.ErrCursor, list.Parameter+" must be the next member of a page of the same list with the same selection", nil)
	if len(raw) > maxCursor {
		return nil, refused
	}
	// One spelling each: the strict decoder still skips line breaks (T-02).
	data, err := base64.RawURLEncoding.Strict().DecodeString(raw)
	if err != nil || len(data) < sha256.Size || base64.RawURLEncoding.EncodedLen(len(data)) != len(raw) {
		return nil, refused
	}
	text := string(data[sha256.Size:])
	place := strings.Split(text, "\n")
	if !hmac.Equal(data[:sha256.Size], c.mac(list, text)) || len(place) != parts {
		return nil, refused
	}
	return place, nil
}

// mac is over each part with its length before it, so that no two lists give the
// same bytes (row C-02).
func (c Cursors) mac(list Listing, place string) []byte {
	h := hmac.New(sha256.New, c.key)
	for _, part := range []string{list.Name, list.selected(), place} {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		_, _ = h.Write(size[:])
		_, _ = h.Write([]byte(part))
	}
	return h.Sum(nil)
}
