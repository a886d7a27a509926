package oauth

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/strictjson"
)

// MaxDocument is the longest client id metadata document, in bytes.
const MaxDocument = 64 << 10

// Document is what a client id metadata document says of its client. The
// client is a public one, and nobody vouches for what it says.
type Document struct {
	Name      string
	Redirects []string
}

// IsDocumentURL reports whether a client id is the address of a document: https,
// with a path, and nothing that two programs could read in two ways.
func IsDocumentURL(id string) bool {
	if len(id) > maxURI || !isPlain(id) || strings.ContainsAny(id, `#?\*%@`) {
		return false
	}
	u, err := url.Parse(id)
	if err != nil || u.Scheme != "https" || schemeOf(id) != "https" || !goodHost(u) || len(u.Path) < 2 {
		return false
	}
	return !slices.ContainsFunc(strings.Split(u.Path[1:], "/"), func(part string) bool { return part == "." || part == ".." })
}

// ParseDocument reads a document that was found at the address id.
func ParseDocument(data []byte, id string) (Document, error) {
	object, err := strictjson.ParseObject(data, strictjson.Limits{MaxBytes: MaxDocument})
	if err != nil {
		return Document{}, errDocument
	}
	said := func(name string) string {
		value, _ := object.Find(name)
		text, _ := value.Text()
		return text
	}
	for _, secret := range []string{"client_secret", "client_secret_expires_at"} {
		if _, found := object.Find(secret); found {
			return Document{}, errDocument
		}
	}
	redirects, _ := object.Find("redirect_uris")
	list, _ := redirects.Texts()
	// One that is not good here may be good elsewhere: a document is for all
	// servers, and what is left out is never redirected to.
	list = slices.DeleteFunc(list, func(uri string) bool { return !CheckRedirect(uri) })
	switch {
	case said("client_id") != id, len(list) == 0,
		strings.HasPrefix(said("token_endpoint_auth_method"), "client_secret"):
		return Document{}, errDocument
	}
	return Document{Name: said("client_name"), Redirects: list}, nil
}

// MatchesPattern reports whether an address is one of a pattern. A star stands
// for any text.
func MatchesPattern(pattern, address string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == address
	}
	rest, ok := strings.CutPrefix(address, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		if _, rest, ok = strings.Cut(rest, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(rest, parts[last])
}
