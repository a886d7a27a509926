package authority

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// issueAttempts is how often a secret is made anew when its digest exists
// already. With 256 random bits the first never fails; see row B-03.
const issueAttempts = 3

// Request asks for a token. Fields are as the caller gave them; Issue checks
// them in the order of the contract and reports the first broken rule.
type Request struct {
	Kind        token.Kind
	Name        string
	Description string
	// Owner is the ref of the group, or of the person, that the token will
	// belong to, in any accepted spelling.
	Owner     string
	Workspace string // for kinds that have one
	Scopes    []string
	Expiry    Expiry
	// Fault is why the fields could not be read. It is reported once it is
	// known that the caller may issue tokens at all.
	Fault error
}

// Expiry is a wished expiry. The zero value means the default lifetime.
type Expiry struct {
	At time.Time
	// Days counts from now in units of 24 hours. At and Days exclude each
	// other; a surface that sees both sets Fault.
	Days int64
	// Fault is why the wish could not be read. It is reported when its turn
	// comes in the order of the rules, not before.
	Fault error
}

// Issue makes a token. The secret is in the answer and nowhere else.
//
// Errors: token.ErrDenied, token.ErrInvalid with the text of the broken rule,
// token.ErrNameTaken, token.ErrQuota, token.ErrUnavailable.
func (a *Authority) Issue(ctx context.Context, by token.Principal, req Request) (token.Issued, error) {
	rules, err := a.Rules(req.Kind)
	if err != nil {
		return token.Issued{}, err
	}
	now := a.Now()
	try := attempt{entry: audit.NewEntry(audit.TokenIssued, by, now), grant: token.Grant{Kind: req.Kind}}
	try.entry.Kind = req.Kind
	if err := a.may(ctx, by, rules.Write, try.entry); err != nil {
		return token.Issued{}, err
	}
	if contractOf(req.Kind).consented {
		return token.Issued{}, errNotIssued
	}
	if req.Fault != nil {
		return token.Issued{}, req.Fault
	}
	if err := a.refuseSecrets(req); err != nil {
		return token.Issued{}, err
	}
	if try.grant, err = contractOf(req.Kind).check(a, ctx, asked{by: by, rules: rules, now: now, Request: req}); err != nil {
		return token.Issued{}, err
	}
	try.entry.Owner, try.entry.Workspace, try.entry.Name = try.grant.Owner, try.grant.Workspace, try.grant.Name
	// First the right to issue it, then what the owner may have: whoever has no
	// say in it must not learn who is a member of what (C5, E-07).
	if try.grant, err = a.decide(ctx, by, rules.Write, try); err != nil {
		return token.Issued{}, err
	}
	if err := a.stand(ctx, try); err != nil {
		return token.Issued{}, err
	}
	return a.create(ctx, by, try.grant, now)
}

// refuseSecrets refuses a token in the words about a token: whoever lists
// tokens would read it. The rules of the kinds come after it.
func (a *Authority) refuseSecrets(req Request) error {
	for _, field := range []struct{ name, text string }{
		{"name", req.Name}, {"description", req.Description}, {"owner", req.Owner}, {"workspace", req.Workspace},
	} {
		if a.opts.Formats.HoldsSecret(field.text) {
			return a.CheckText(field.name, field.text)
		}
	}
	return nil
}

// CheckText gives an ErrInvalid when text that people will read cannot be stored
// or holds a token, one of an imported form included; field begins the message.
func (a *Authority) CheckText(field, text string) error { return a.opts.Formats.CheckText(field, text) }

// create stores a decided grant with a fresh secret. The record begins at the
// instant from which its lifetime was reckoned.
func (a *Authority) create(ctx context.Context, by token.Principal, grant token.Grant, now time.Time) (token.Issued, error) {
	rules, err := a.Rules(grant.Kind)
	if err != nil {
		return token.Issued{}, err
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	t := newRecord(by, grant, now)
	said := contractOf(grant.Kind)
	var key string // "": the name itself
	if said.nameKey != nil {
		key = said.nameKey(t.Name)
	}
	for range issueAttempts {
		secret, err := a.mint(ctx, rules, t)
		if err != nil {
			return token.Issued{}, err
		}
		raw := secret.Reveal()
		t.Hint = said.hint(raw, a.opts.Formats.Prefix(t.Kind))
		n := token.New{Token: t, NameKey: key, Digest: a.digest(rules, raw), Limits: rules.Limits}
		entry := audit.NewEntry(audit.TokenIssued, by, t.CreatedAt).About(t).
			With("expiresAt", t.ExpiresAt.Format(time.RFC3339Nano)).With("scopes", t.Scopes.String())
		switch err := a.opts.Store.CreateToken(ctx, n, entry); {
		case errors.Is(err, token.ErrExists):
			continue
		case err != nil:
			return token.Issued{}, explain(rules, t.Name, err)
		}
		a.opts.Listener(token.Change{Issued: &n.Digest})
		return token.Issued{Token: t, Secret: secret}, nil
	}
	return token.Issued{}, token.Unavailable(errors.New("authority: every new secret exists already: the random source is broken"))
}

// stand asks whether the owner may have the token where it is for, and records
// a refusal.
func (a *Authority) stand(ctx context.Context, try attempt) error {
	said := contractOf(try.grant.Kind)
	if said.stand == nil {
		return nil
	}
	err := said.stand(a, ctx, try.grant)
	if errors.Is(err, token.ErrDenied) {
		return a.refuse(ctx, try.entry, err)
	}
	return err
}

// digest gives what is kept of a secret: nothing, when it is made from the
// record and found by the record's id.
func (a *Authority) digest(rules KindRules, raw string) token.Digest {
	if rules.Mint != nil {
		return token.Digest{}
	}
	return a.opts.Digester.Digest(raw)
}

// mint makes the secret of a record.
func (a *Authority) mint(ctx context.Context, rules KindRules, t token.Token) (token.Secret, error) {
	if rules.Mint != nil {
		return rules.Mint(ctx, t)
	}
	return a.opts.Formats.Generate(t.Kind)
}

func newRecord(by token.Principal, grant token.Grant, now time.Time) token.Token {
	id := token.NewID()
	return token.Token{
		ID: id, Family: token.FamilyID(id), Kind: grant.Kind,
		Name: grant.Name, Description: grant.Description,
		Owner: grant.Owner, Workspace: grant.Workspace, Subject: grant.Subject, Scopes: grant.Scopes,
		CreatedBy: by.Ref, CreatedAt: now, ExpiresAt: grant.ExpiresAt,
	}
}

// explain gives conflicts of the inserting transaction of a token of this name
// the words of the kind's contract.
func explain(rules KindRules, name string, err error) error {
	switch said := contractOf(rules.Kind); {
	case errors.Is(err, token.ErrNameTaken):
		return token.NewError(token.ErrNameTaken, strings.ReplaceAll(said.nameTaken, "%s", name), err)
	case errors.Is(err, token.ErrQuota):
		return token.NewError(token.ErrQuota, strings.ReplaceAll(said.quota, "%d", strconv.Itoa(rules.Limits.MaxPerOwner)), err)
	}
	return err
}
