package user

import (
	"net/http"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

const maxText = 100 // characters of q

func (h handlers) list(w http.ResponseWriter, r *web.Request) error {
	params, err := r.Query()
	if err != nil {
		return err
	}
	q, err := readQuery(params)
	if err != nil {
		return err
	}
	page, err := h.authority.List(r.Context(), r.Principal, q)
	if err != nil {
		return err
	}
	records, err := h.wireAll(r.Context(), page.Tokens)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, wire.List[wireToken]{
		Tokens: records, Total: page.Total, Limit: q.Limit, Offset: q.Offset,
	})
}

// nobody is the owner of no token.
const nobody = "nobody"

// readQuery reads the parameters of a list. A user who cannot exist has no
// tokens, like one who does not.
func readQuery(params web.Params) (q token.Query, err error) {
	q.Kind = token.KindUser
	if q.Limit, q.Offset, err = wire.ReadPage(params, wire.UsualPage); err != nil {
		return q, err
	}
	if q.States, err = wire.ReadStates(params); err != nil {
		return q, err
	}
	user, err := params.One("user")
	if err != nil || user == "" {
		return q, err
	}
	owner, ok := token.ParseUserRef(user)
	if !ok {
		owner = nobody
	}
	q.Owner = owner
	return q, nil
}

func (h handlers) people(w http.ResponseWriter, r *web.Request) error {
	params, err := r.Query()
	if err != nil {
		return err
	}
	var q token.PeopleQuery
	if q.Limit, q.Offset, err = wire.ReadPage(params, wire.UsualPage); err != nil {
		return err
	}
	q.Text, err = params.One("q")
	switch {
	case err != nil:
		return err
	case utf8.RuneCountInString(q.Text) > maxText:
		return token.Invalid("q must be at most 100 characters")
	}
	if err := token.CheckText("q", q.Text); err != nil {
		return err
	}
	page, err := h.directory.SearchPeople(r.Context(), q)
	if err != nil {
		return err
	}
	answer := wirePeople{Users: make([]wirePerson, len(page.People)), Total: page.Total, Limit: q.Limit, Offset: q.Offset}
	for i, one := range page.People {
		answer.Users[i] = newWirePerson(one)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
