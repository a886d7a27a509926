package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/tokenwright/tokenwright/token"
)

// catalogEntity is what is read of an entity to know who it is.
type catalogEntity struct {
	Kind     string
	Metadata struct{ Namespace, Name, Title string }
	Spec     struct {
		Profile struct{ DisplayName, Email string }
	}
}

// ref gives the canonical ref of an entity that is of the kind.
func (e catalogEntity) ref(kind string) (string, bool) {
	lead := e.Kind + ":"
	if e.Metadata.Namespace != "" {
		lead += e.Metadata.Namespace + "/"
	}
	return token.ParseRef(kind, lead+e.Metadata.Name)
}

// name gives what people call it; it may be empty.
func (e catalogEntity) name() string { return cmp.Or(e.Spec.Profile.DisplayName, e.Metadata.Title) }

// SearchPeople gives a page of people, by GET {url}/entities/by-query. Who was
// disabled here is left out of the page; the catalog's total counts them.
func (c *Catalog) SearchPeople(ctx context.Context, q token.PeopleQuery) (token.PeoplePage, error) {
	query := url.Values{
		"filter": {"kind=user"}, "orderField": {"spec.profile.displayName,asc"},
		"limit": {strconv.Itoa(q.Limit)}, "offset": {strconv.Itoa(q.Offset)},
	}
	if q.Text != "" {
		query.Set("fullTextFilterTerm", q.Text)
		query.Set("fullTextFilterFields", "metadata.name,metadata.title,spec.profile.displayName,spec.profile.email")
	}
	data, err := c.get(ctx, "/entities/by-query?"+query.Encode())
	if err != nil {
		return token.PeoplePage{}, token.Unavailable(fmt.Errorf("directory: catalog: %w", err))
	}
	var answer struct {
		Items      []catalogEntity
		TotalItems int
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return token.PeoplePage{}, token.Unavailable(errors.New("directory: catalog: its answer is not a list of entities"))
	}
	page := token.PeoplePage{Total: answer.TotalItems}
	for _, one := range answer.Items {
		ref, ok := one.ref("user")
		if !ok {
			continue // a name that no ref of ours can have
		}
		local, err := c.local(ctx, ref)
		switch {
		case err != nil && !errors.Is(err, token.ErrNotFound):
			return token.PeoplePage{}, err
		case !local.DisabledAt.IsZero():
		default:
			page.People = append(page.People, token.User{Ref: ref, Name: one.name(), Email: one.Spec.Profile.Email})
		}
	}
	return page, nil
}

// NamesOf gives the names of people by their refs. A catalog that does not
// answer takes the names away, not the page that wants them.
func (c *Catalog) NamesOf(ctx context.Context, refs []string) (map[string]string, error) {
	names := map[string]string{}
	for _, ref := range refs {
		if _, asked := names[ref]; asked {
			continue
		}
		e, err := c.find(ctx, ref)
		switch {
		case errors.Is(err, token.ErrUnavailable):
			return names, nil
		case err == nil:
			names[ref] = e.name
		}
	}
	return names, nil
}
