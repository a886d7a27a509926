package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const (
	catalogTimeout = 5 * time.Second
	// catalogPatience bounds the wait while an answer is remembered.
	catalogPatience = time.Second
	maxEntity       = 1 << 20 // bytes of one answer of the catalog
)

// CatalogOptions say where the catalog is.
type CatalogOptions struct {
	// URL is the base of the catalog's API, such as
	// "https://backstage.example.com/api/catalog". Plain http is accepted
	// for loopback addresses only.
	URL string
	// Local finds a user of the built-in directory, or token.ErrNotFound.
	// The catalog does not know who was disabled here.
	Local func(ctx context.Context, ref string) (token.User, error)
	Clock func() time.Time
	// Transport replaces http.DefaultTransport.
	Transport http.RoundTripper
}

// Catalog reads users and groups from a Backstage catalog, by
// GET {url}/entities/by-name/{kind}/{namespace}/{name}.
//
// 200 with that entity means that it exists, 404 with the catalog's own error
// that it does not. Anything else is unavailable: another status, a 404 of
// something that stands before the catalog, a redirect (never followed), an
// answer over 1 MiB or later than 5 s, and a 200 that is not the entity asked
// for, as a web server gives that answers every path with its start page.
//
// An answer is used for 5 s, and for 30 s while the catalog does not give
// another. So who leaves a group there is refused within 6 s, one of them for
// the memory of the callers; who is disabled here is refused at once.
type Catalog struct {
	http  *http.Client
	base  string
	local func(context.Context, string) (token.User, error)
	cache entityCache
}

// NewCatalog makes a Catalog. It connects to nothing yet.
func NewCatalog(opts CatalogOptions) (*Catalog, error) {
	u, err := url.Parse(opts.URL)
	switch {
	case err != nil, u.Host == "", u.User != nil, u.RawQuery != "", u.Fragment != "", u.Scheme != "http" && u.Scheme != "https":
		return nil, token.Invalid("the catalog's URL must look like https://backstage.example.com/api/catalog")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, token.Invalid("the catalog's URL must begin with https:// (http is accepted for loopback addresses)")
	}
	if opts.Local == nil || opts.Clock == nil {
		return nil, errors.New("directory: the catalog needs the built-in directory and a clock")
	}
	return &Catalog{
		http: &http.Client{
			Transport:     opts.Transport,
			Timeout:       catalogTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		base:  strings.TrimSuffix(u.String(), "/"),
		local: opts.Local,
		cache: newEntityCache(opts.Clock),
	}, nil
}

// HasGroup implements Reader.
func (c *Catalog) HasGroup(ctx context.Context, ref string) (bool, error) {
	return c.exists(ctx, ref)
}

// GroupsOf implements Reader, by the entity's relations of type memberOf.
func (c *Catalog) GroupsOf(ctx context.Context, user string) ([]string, error) {
	e, err := c.find(ctx, user)
	if errors.Is(err, token.ErrNotFound) {
		return nil, nil
	}
	return slices.Clone(e.groups), err
}

// UserActive implements Reader. The user must exist in the catalog; whether
// they are disabled is said by the built-in directory, which need not know
// them.
func (c *Catalog) UserActive(ctx context.Context, ref string) (bool, error) {
	local, err := c.local(ctx, ref)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return false, err
	}
	if !local.DisabledAt.IsZero() {
		return false, nil
	}
	return c.exists(ctx, ref)
}

func (c *Catalog) exists(ctx context.Context, ref string) (bool, error) {
	_, err := c.find(ctx, ref)
	if errors.Is(err, token.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// entity is what is kept of an answer.
type entity struct {
	name   string // for people; may be empty
	groups []string
}

// find gives an entity by its canonical ref. Only entities that exist are
// remembered: a group that was made a moment ago must be seen, and an error
// is never an answer. A catalog that does not answer is waited for no longer
// than a second while an answer of the last half minute is remembered.
func (c *Catalog) find(ctx context.Context, ref string) (entity, error) {
	known, held, fresh := c.cache.get(ref)
	if fresh {
		return known, nil
	}
	if held {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, catalogPatience)
		defer cancel()
	}
	e, err := c.fetch(ctx, ref)
	switch {
	case err == nil:
		c.cache.put(ref, e)
		return e, nil
	case errors.Is(err, token.ErrNotFound):
		c.cache.forget(ref)
		return entity{}, err
	case held:
		c.cache.postpone(ref)
		return known, nil
	}
	return entity{}, token.Unavailable(fmt.Errorf("directory: catalog: %w", err))
}

func (c *Catalog) fetch(ctx context.Context, ref string) (entity, error) {
	kind, path, _ := strings.Cut(ref, ":") // a canonical ref has nothing to escape
	data, err := c.get(ctx, "/entities/by-name/"+kind+"/"+path)
	if err != nil {
		return entity{}, err
	}
	return readEntity(data, ref)
}

// get gives the body of an answer: token.ErrNotFound when the catalog says so,
// an error for anything but a 200 of a bearable length.
func (c *Catalog) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // nothing was written
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNotFound {
		return nil, fmt.Errorf("it answered with status %d", res.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxEntity+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxEntity:
		return nil, errors.New("its answer is longer than 1 MiB")
	case res.StatusCode == http.StatusOK:
		return data, nil
	case !saysNotFound(data):
		return nil, errors.New("a 404 came back that is not the catalog's own")
	}
	return nil, token.ErrNotFound
}

// saysNotFound reports whether the body of a 404 is an error of the catalog:
// an ingress whose back end is being replaced answers 404, too, and nobody has
// left because of that.
func saysNotFound(data []byte) bool {
	var said struct{ Error struct{ Name string } }
	return json.Unmarshal(data, &said) == nil && said.Error.Name == "NotFoundError"
}

// readEntity reads the parts of a catalog entity that matter here. Other
// members are not ours to judge.
func readEntity(data []byte, ref string) (entity, error) {
	var in struct {
		catalogEntity
		// Relations are written by the catalog, not by the entity's author.
		Relations []struct{ Type, TargetRef string }
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return entity{}, errors.New("its answer is not an entity")
	}
	kind, _, _ := strings.Cut(ref, ":")
	if got, ok := in.ref(kind); !ok || got != ref {
		return entity{}, errors.New("it answered with another entity than the one asked for")
	}
	e := entity{name: in.name()}
	for _, r := range in.Relations {
		if group, ok := token.ParseGroupRef(r.TargetRef); ok && r.Type == "memberOf" {
			e.groups = append(e.groups, group)
		}
	}
	slices.Sort(e.groups)
	e.groups = slices.Compact(e.groups)
	return e, nil
}

// loopback reports whether a host name can only mean this machine.
func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
