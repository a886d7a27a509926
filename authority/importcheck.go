package authority

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tokenwright/tokenwright/token"
)

// Limits of what a file has beside its tokens, in bytes.
const (
	maxImportText = 255
	maxHistory    = 16 << 10 // of what its former log says of a token
)

// check gives the record of a token of a file. An error of token.ErrInvalid is
// about the line alone.
func (im *importing) check(ctx context.Context, one *ImportToken) (token.Token, error) {
	if one.Fault != nil {
		return token.Token{}, one.Fault
	}
	rules, err := im.rules(ctx, one.Kind)
	if err != nil {
		return token.Token{}, err
	}
	if err := im.checkBeside(one); err != nil {
		return token.Token{}, err
	}
	if err := im.checkSecret(one); err != nil {
		return token.Token{}, err
	}
	if err := im.authority.refuseSecrets(one.Request); err != nil {
		return token.Token{}, err
	}
	grant, err := im.grant(ctx, rules, one)
	if err != nil {
		return token.Token{}, err
	}
	e := im.entry
	e.Kind, e.Owner, e.Name = grant.Kind, grant.Owner, grant.Name
	if grant, err = im.authority.decide(ctx, im.by, writeOf(rules), attempt{entry: e, grant: grant}); err != nil {
		return token.Token{}, err
	}
	t := newRecord(im.by, grant, im.At)
	if one.ID != "" {
		t.ID, t.Family = one.ID, token.FamilyID(one.ID)
	}
	if !one.CreatedAt.IsZero() {
		t.CreatedAt = one.CreatedAt
	}
	t.Hint, t.CreatedBy, t.LastUsedAt = one.Hint, im.createdBy(one.CreatedBy), one.LastUsedAt
	t.RevokedAt, t.RevokedBy = one.RevokedAt, one.RevokedBy
	return t, nil
}

// rules gives the rules of a kind. The first token of each kind passes the gate
// of those who issue it.
func (im *importing) rules(ctx context.Context, kind token.Kind) (KindRules, error) {
	rules, err := im.authority.Rules(kind)
	if err != nil {
		return rules, err
	}
	if rules.Mint != nil {
		return rules, token.Invalid("tokens of kind " + string(kind) + " cannot be imported by their digest")
	}
	if im.kinds[kind] {
		return rules, nil
	}
	im.kinds[kind] = true
	im.Kinds = append(im.Kinds, token.KindLimits{Kind: kind, Limits: rules.Limits})
	e := im.entry
	e.Kind = kind
	return rules, im.authority.may(ctx, im.by, writeOf(rules), e)
}

// grant applies the rules of the kind.
func (im *importing) grant(ctx context.Context, rules KindRules, one *ImportToken) (token.Grant, error) {
	ask, by := asked{by: im.by, rules: rules, now: im.At, Request: one.Request}, im.authority
	if ask.Description == "" && one.Kind == token.KindService {
		ask.Description = ask.Name
	}
	expired := !one.Expiry.At.IsZero() && !one.Expiry.At.After(im.At)
	if expired || !one.RevokedAt.IsZero() {
		if slices.ContainsFunc(ask.Scopes, func(s string) bool { return !token.ValidScope(s) }) {
			return token.Grant{}, token.Invalid("scopes must be scope tokens without spaces, quotes and backslashes")
		}
		by, ask.rules.Catalogue, ask.Expiry = im.ended, nil, Expiry{}
		for _, s := range ask.Scopes {
			ask.rules.Catalogue = append(ask.rules.Catalogue, Scope{ID: s})
		}
	}
	check := contractOf(one.Kind).check
	if one.Kind == token.KindPersonal {
		check = (*Authority).checkImportedPersonal
	}
	grant, err := check(by, ctx, ask)
	if err != nil {
		return token.Grant{}, err
	}
	if !one.Expiry.At.IsZero() {
		grant.ExpiresAt = one.Expiry.At // to the microsecond: it is as it was elsewhere
	}
	if one.Kind == token.KindService {
		im.note(one.Line, token.ServiceSubject(one.Owner, one.Name), grant.Subject)
	}
	return grant, nil
}

// checkBeside checks what only tokens from elsewhere have.
func (im *importing) checkBeside(one *ImportToken) error {
	if one.ID != "" && cleanID(one.ID) == "" {
		return token.Invalid("id must be a UUID in lower case; leave it out for a new one")
	}
	for _, at := range []struct {
		name string
		time time.Time
	}{{"createdAt", one.CreatedAt}, {"lastUsedAt", one.LastUsedAt}, {"revokedAt", one.RevokedAt}} {
		if at.time.After(im.At) || !at.time.IsZero() && at.time.Unix() < 0 {
			return token.Invalid(at.name + " must lie between 1970 and now")
		}
	}
	for _, text := range []struct {
		name, value string
		most        int
	}{{"createdBy", one.CreatedBy, maxImportText}, {"revokedBy", one.RevokedBy, maxImportText}, {"history", one.History, maxHistory}} {
		if len(text.value) > text.most {
			return token.Invalid(text.name + " must have at most " + strconv.Itoa(text.most) + " bytes")
		}
		if err := im.authority.CheckText(text.name, text.value); err != nil {
			return err
		}
	}
	if one.RevokedBy != "" && one.RevokedAt.IsZero() {
		return token.Invalid("revokedBy stands without revokedAt; give both or neither")
	}
	return nil
}

// checkSecret checks how the token will be recognised.
func (im *importing) checkSecret(one *ImportToken) error {
	if one.Kind == token.KindPersonal {
		return checkImportedSession(one)
	}
	switch {
	case !one.Scrypt.IsZero():
		return token.Invalid("only personal tokens are imported by a scrypt hash")
	case one.Digest == (token.Digest{}):
		return token.Invalid("digest is all zero, which is the digest of nothing")
	}
	return im.checkForm(one)
}

// checkForm finds the form by which the raw token will be recognised. A token
// of none would be a record that nothing can ever be verified against.
func (im *importing) checkForm(one *ImportToken) error {
	if one.Hint != "" && (len(one.Hint) > token.HintLength || !token.ValidText(one.Hint)) {
		return token.Invalid("hint must be at most the first 12 characters of the raw token")
	}
	fitting := im.authority.opts.Formats.Imported(one.Kind, one.Hint)
	switch {
	case len(fitting) == 0:
		return token.Invalid("the server does not recognise such tokens of kind " + string(one.Kind) +
			"; name their prefix, length and alphabet in its configuration under imported, and start it again")
	case len(fitting) > 1 && one.Hint == "":
		return token.Invalid("the kind has several imported forms; say by hint which one it is: the prefix and its underscore are enough")
	}
	// Forms of one prefix that differ in length may differ in their digests too.
	wrong := func(form token.ImportedForm) bool { return one.Keyed != nil && *one.Keyed == form.Key.IsZero() }
	if !slices.ContainsFunc(fitting, func(form token.ImportedForm) bool { return !wrong(form) }) {
		return token.Invalid("the algorithm is not the one of this form of token: in the server's configuration imported tokens with hmac_key_file have hmac-sha256, all others sha256")
	}
	if one.Hint == "" {
		one.Hint = fitting[0].Prefix + "_"
	}
	return nil
}

// findConflicts compares everything that was kept aside with what is stored and
// with itself.
func (im *importing) findConflicts(ctx context.Context) error {
	if im.Lines == 0 {
		return nil
	}
	conflicts, err := im.authority.opts.Store.FindConflicts(ctx, im.Import)
	if err == nil {
		im.refuseConflicts(conflicts)
	}
	return err
}

// refuseConflicts adds to the report, in the order of the file.
func (im *importing) refuseConflicts(conflicts []token.LineConflict) {
	for _, c := range conflicts {
		im.report.Refused = append(im.report.Refused, RefusedLine{Line: c.Line, What: conflictText(c.Conflict)})
	}
	slices.SortStableFunc(im.report.Refused, func(a, b RefusedLine) int { return a.Line - b.Line })
}

func conflictText(c token.Conflict) string {
	switch c {
	case token.ConflictDigestStored:
		return "this token is here already; take the line out"
	case token.ConflictIDStored:
		return "there is a token with this id; leave the id out, or take the line out"
	case token.ConflictNameStored:
		return "the owner has a token with this name; rename the one in the file"
	case token.ConflictDigestRepeated:
		return "the same token is in the file more than once; keep one line"
	case token.ConflictIDRepeated:
		return "the same id is in the file more than once; keep one line, or leave the ids out"
	case token.ConflictNameRepeated:
		return "the owner has several tokens with this name in the file; rename them, or keep one"
	case token.ConflictQuota:
		return "the owner would have more usable tokens than max_per_owner of the kind allows; raise it, or end some"
	}
	return "it conflicts with another token"
}

// howToMend adds to a rule of the kind what an operator does about it.
func howToMend(err error) string {
	message := token.Message(err)
	for _, m := range []struct{ begins, mend string }{
		{"All scopes must", "; add those that are missing under kinds.service.scopes"},
		{"All permissions must", "; add those that are missing under kinds.user.permissions"},
		{"groupEntityRef must", "; add the group to the directory"},
		{"user not found", "; add the user to the directory, or enable them"},
		{"expiresAt must be ≤", "; raise max_lifetime of the kind, or leave the token out"},
		{"expiresAt must not exceed", "; raise max_lifetime of the kind, or bring the end forward"},
		{"name must", "; rename it, which does not change the token"},
	} {
		if strings.HasPrefix(message, m.begins) {
			return m.mend
		}
	}
	return ""
}

// cleanID gives an id that is a UUID in its canonical spelling, or "".
func cleanID(id string) string {
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return ""
	}
	return id
}
