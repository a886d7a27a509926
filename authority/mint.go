package authority

import (
	"context"
	"errors"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
)

// MintRequest is a person's wish for a personal token, in the browser in which
// they will consent to it.
type MintRequest struct {
	Request

	Browser token.Secret
	// RedirectURI is where the browser comes back to.
	RedirectURI string
}

// Mint is what the browser needs to go on.
type Mint struct {
	FlowID    string // 32 hexadecimal characters
	State     string // 43 characters of base64url
	Challenge string // S256, 43 characters of base64url
}

// MintAnswer is what the browser brings back.
type MintAnswer struct {
	Browser            token.Secret
	State, Code, Error string
}

// Minted is a personal token with its secret, once.
type Minted struct {
	token.Issued

	FlowID string
}

// Why no personal token came out of a mint.
var (
	// ErrNoMint: the state is unknown, used, expired or another browser's.
	ErrNoMint = token.NewError(token.ErrNotFound, "OAuth state is unknown or expired; try again", nil)
	// ErrMintRefused: the answer was an error.
	ErrMintRefused = token.NewError(token.ErrDenied, "The request was refused", nil)
)

// BeginMint checks the wish and keeps it for ten minutes, bound to the person
// and the browser. The token is made when they have consented.
//
// Errors: those of Issue, token.ErrLimited.
func (a *Authority) BeginMint(ctx context.Context, by token.Principal, req MintRequest) (Mint, error) {
	req.Kind = token.KindPersonal
	grant, err := a.wished(ctx, by, req.Request)
	if err != nil {
		return Mint{}, err
	}
	asked := a.newAuthorization(AuthorizationRequest{
		Client: oauth.PersonalClient, RedirectURI: req.RedirectURI, Browser: req.Browser,
		Scopes: token.Scopes{oauth.ScopeOpenID, oauth.ScopeOffline},
	})
	mint := Mint{
		FlowID: flowID(asked.ID), State: oauth.MintState(req.Browser, asked.ID),
		Challenge: oauth.Challenge(oauth.MintVerifier(req.Browser, asked.ID)),
	}
	asked.User, asked.Challenge, asked.StateDigest = by.Ref, mint.Challenge, digestOfState(mint.State)
	asked.Wish = token.Wish{Name: grant.Name, Scopes: grant.Scopes, ExpiresAt: grant.ExpiresAt}
	ctx, cancel := detach(ctx)
	defer cancel()
	if err := a.opts.Store.AddAuthorization(ctx, asked, pendingBounds()); err != nil {
		return Mint{}, err
	}
	return mint, nil
}

// wished is what Issue does before it makes a token.
func (a *Authority) wished(ctx context.Context, by token.Principal, req Request) (token.Grant, error) {
	rules, err := a.Rules(req.Kind)
	if err != nil {
		return token.Grant{}, err
	}
	now := a.Now()
	try := attempt{entry: audit.NewEntry(audit.TokenIssued, by, now), grant: token.Grant{Kind: req.Kind}}
	try.entry.Kind = req.Kind
	if err := a.may(ctx, by, rules.Write, try.entry); err != nil {
		return token.Grant{}, err
	}
	if req.Fault != nil {
		return token.Grant{}, req.Fault
	}
	if err := a.refuseSecrets(req); err != nil {
		return token.Grant{}, err
	}
	try.grant, err = contractOf(req.Kind).check(a, ctx, asked{by: by, rules: rules, now: now, Request: req})
	if err != nil {
		return token.Grant{}, err
	}
	try.entry.Owner, try.entry.Name = try.grant.Owner, try.grant.Name
	return a.decide(ctx, by, rules.Write, try)
}

// FindMint gives the pending mint of a state in the browser that began it, or
// ErrNoMint.
func (a *Authority) FindMint(ctx context.Context, browser token.Secret, state string) (token.Authorization, error) {
	found, err := a.mintOf(ctx, browser, state)
	if err == nil && found.Status != token.AuthorizationPending {
		err = ErrNoMint
	}
	return found, err
}

// mintOf gives the mint of a state, in whatever status, in its browser and
// time.
func (a *Authority) mintOf(ctx context.Context, browser token.Secret, state string) (token.Authorization, error) {
	if !oauth.IsCode(state) || browser.IsZero() { // a state has the shape of a code
		return token.Authorization{}, ErrNoMint
	}
	found, err := a.opts.Store.FindMint(ctx, digestOfState(state))
	switch {
	case errors.Is(err, token.ErrNotFound):
		return token.Authorization{}, ErrNoMint
	case err != nil:
		return token.Authorization{}, err
	case !found.Browser.Equal(digestOfBrowser(browser)), !a.Now().Before(found.ExpiresAt.Add(CodeLifetime)):
		return token.Authorization{}, ErrNoMint
	}
	return found, nil
}

// FinishMint makes the personal token that a person consented to. The state is
// judged first: text of strangers must not reach a person's page (PER-43). An
// error uses the mint up.
//
// Errors: ErrNoMint, ErrMintRefused, token.ErrDenied when the person may not make
// tokens any more, token.ErrHasExpired when the wished expiry
// has passed meanwhile, token.ErrNameTaken and token.ErrQuota with the texts of
// the contract, token.ErrInvalid for a code that is not the right one,
// token.ErrUnavailable.
func (a *Authority) FinishMint(ctx context.Context, from token.Principal, answer MintAnswer) (Minted, error) {
	asked, err := a.mintOf(ctx, answer.Browser, answer.State)
	if err != nil {
		return Minted{}, err
	}
	if asked.Status != token.AuthorizationApproved && asked.Status != token.AuthorizationRejected &&
		asked.Status != token.AuthorizationPending {
		return Minted{}, ErrNoMint
	}
	if answer.Error != "" {
		return Minted{}, a.giveUp(ctx, asked, ErrMintRefused)
	}
	if asked.Status != token.AuthorizationApproved || !oauth.IsCode(answer.Code) ||
		!a.opts.Digester.Digest(answer.Code).Equal(asked.Code) ||
		!oauth.Proves(oauth.MintVerifier(answer.Browser, asked.ID), asked.Challenge) {
		return Minted{}, a.giveUp(ctx, asked, oauth.ErrInvalidCode)
	}
	if err := a.checkAlive(ctx, asked.User); err != nil {
		return Minted{}, codeError(err)
	}
	by := asPerson(from, asked.User)
	switch err := a.stillMay(ctx, by, asked); {
	case errors.Is(err, token.ErrUnavailable):
		return Minted{}, err
	case err != nil:
		return Minted{}, a.giveUp(ctx, asked, err)
	}
	return a.mintToken(ctx, by, asked)
}

// stillMay decides once more whether the person may make the token: minutes have
// passed since they began, and a right is judged when it is used (row E-04).
func (a *Authority) stillMay(ctx context.Context, by token.Principal, asked token.Authorization) error {
	rules, err := a.Rules(token.KindPersonal)
	if err != nil {
		return err
	}
	if by.Groups, err = a.opts.Directory.GroupsOf(ctx, asked.User); err != nil {
		return token.Unavailable(err)
	}
	try := attempt{
		entry: audit.NewEntry(audit.TokenIssued, by, a.Now()),
		grant: token.Grant{Kind: rules.Kind, Name: asked.Wish.Name, Owner: asked.User},
	}
	try.entry.Kind, try.entry.Owner, try.entry.Name = rules.Kind, asked.User, asked.Wish.Name
	_, err = a.decide(ctx, by, rules.Write, try)
	return err
}

// giveUp uses a mint up and gives back why.
func (a *Authority) giveUp(ctx context.Context, asked token.Authorization, why error) error {
	ctx, cancel := detach(ctx)
	defer cancel()
	switch err := a.opts.Store.EndAuthorization(ctx, asked.ID); {
	case errors.Is(err, token.ErrNotFound):
		return ErrNoMint // another answer was first
	case err != nil:
		return err
	}
	return why
}

// mintToken keeps the token, and uses the code up with it.
func (a *Authority) mintToken(ctx context.Context, by token.Principal, asked token.Authorization) (Minted, error) {
	rules, err := a.Rules(token.KindPersonal)
	if err != nil {
		return Minted{}, err
	}
	now := a.Now()
	if !now.Before(asked.Wish.ExpiresAt) {
		return Minted{}, token.NewError(token.ErrHasExpired, "expiresAt must be in the future", nil)
	}
	t := newRecord(by, token.Grant{
		Kind: token.KindPersonal, Name: asked.Wish.Name, Owner: asked.User, Subject: token.Subject(asked.User),
		Scopes: asked.Wish.Scopes, ExpiresAt: asked.Wish.ExpiresAt,
	}, now)
	var secret token.Secret
	t.ID, secret = token.NewRefresh()
	t.Family, t.Hint = token.FamilyID(t.ID), contractOf(t.Kind).hint(secret.Reveal(), "")
	use := token.CodeUse{Code: asked.Code, At: now, New: token.New{
		Token: t, NameKey: contractOf(t.Kind).nameKey(t.Name),
		Digest: a.opts.Digester.Digest(secret.Reveal()), Limits: rules.Limits,
	}}
	if err := a.useCode(ctx, by, use, asked); err != nil {
		return Minted{}, explain(rules, t.Name, err)
	}
	return Minted{Issued: token.Issued{Token: t, Secret: secret}, FlowID: flowID(asked.ID)}, nil
}

// flowID names an authorization as the contract of personal tokens does.
func flowID(authorization string) string { return strings.ReplaceAll(authorization, "-", "") }

// digestOfState digests a state: it has 256 bits that nobody can guess.
func digestOfState(state string) token.Digest {
	return token.Digester{}.Digest("mint state\x00" + state)
}
