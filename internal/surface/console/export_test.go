package console

import "encoding/json"

// ShownAPI gives what the page of the API asks for its contents, which knows the
// names of the groups.
func ShownAPI(read func() (json.RawMessage, error)) func() (groups []string, err error) {
	shown := &shownAPI{read: read}
	return func() ([]string, error) {
		view, err := shown.view()
		if err != nil {
			return nil, err
		}
		var titles []string
		for _, one := range view.groups {
			titles = append(titles, one.title)
		}
		return titles, nil
	}
}
