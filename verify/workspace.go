package verify

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/internal/wstoken"
	"github.com/tokenwright/tokenwright/token"
)

// WorkspaceTokens say how workspace tokens are verified: HS256 JWTs that name
// the id of a record. All but RequireScopes and Mismatched are required.
type WorkspaceTokens struct {
	// Keys are the secrets. They also sign, so nobody but the authority has
	// them; others ask by introspection.
	Keys jwt.KeySource
	// Source finds the record of an id.
	Source RecordSource
	// Standing says what the owner of a record is in its workspace now. It is
	// asked on every verification.
	Standing func(ctx context.Context, owner, workspace string) (token.Standing, error)
	// RequireScopes refuses tokens that name no scopes.
	RequireScopes bool
	// Mismatched, when set, records that a token which is signed well says
	// something else than its record. Its error is the answer, for what cannot
	// be recorded must not pass for recorded.
	Mismatched func(ctx context.Context, record token.Token) error
}

// RecordSource finds the record of a token by its id.
type RecordSource interface {
	// FindToken gives the record, not-before marks applied, or
	// token.ErrNotFound; any other error means that the answer is not known.
	FindToken(ctx context.Context, id string) (token.Token, error)
}

func (w *WorkspaceTokens) validate() error {
	if w != nil && (w.Keys == nil || w.Source == nil || w.Standing == nil) {
		return errors.New("verify: workspace tokens need keys, a source and a standing")
	}
	return nil
}

// workspaceLead begins nearly every workspace token there is: its header, and
// the first members of its claims.
const workspaceLead = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHRyYSI6eyJhcGlUb2tlbklkIjoi"

// opensWorkspace reports whether a JWT is to be judged as a workspace token:
// if its claims have extra. Nothing was verified yet; it chooses by which rules
// that will be.
func (v *Verifier) opensWorkspace(raw string) bool {
	if v.opts.Workspace == nil {
		return false
	}
	if strings.HasPrefix(raw, workspaceLead) {
		return true
	}
	payload, err := jwt.UnverifiedPayload(raw, jwt.DefaultMaxLength)
	if err != nil {
		return false
	}
	claims, err := strictjson.ParseObject(payload, strictjson.Limits{})
	if err != nil {
		return false
	}
	_, has := claims.Find("extra")
	return has
}

// openWorkspace verifies a workspace token. Its signature and claims are
// judged each time; only the record is cached, by the token's id, so that no
// spelling of a token and no second secret makes a second entry.
func (v *Verifier) openWorkspace(ctx context.Context, p *presented) (hit, error) {
	said, err := v.readWorkspace(ctx, p)
	if err != nil {
		return hit{}, err
	}
	found, err := v.recall(ctx, p)
	if err != nil {
		return hit{}, err
	}
	if !agrees(&said, &found.Verified) {
		err = v.compareAnew(ctx, p, &said)
	}
	if err == nil {
		err = v.stand(ctx, p, &said, &found.Verified)
	}
	if err != nil {
		p.known = v.knownProof(&found.Verified)
	}
	return found, err
}

// readWorkspace verifies what needs no look-up, and prepares the look-up.
func (v *Verifier) readWorkspace(ctx context.Context, p *presented) (wstoken.Claims, error) {
	said, err := wstoken.Open(ctx, p.raw, v.opts.Workspace.Keys, p.now.time())
	switch {
	case err != nil:
		return said, err
	case len(said.Scopes) == 0 && v.opts.Workspace.RequireScopes:
		return said, token.ErrMalformed
	}
	p.id, p.workspace = said.TokenID, said.Workspace
	p.hash = v.cache.hash(p.id)
	p.digest = v.digestOfID(p.id)
	return said, nil
}

// digestOfID gives what the record of an id is cached by. Under a key that
// nobody knows, no text that is presented as a credential has the same digest:
// otherwise whoever knows an id, which is no secret, could write one, and be
// taken for the token without its signature being looked at (C-02).
func (v *Verifier) digestOfID(id string) token.Digest {
	text := make([]byte, 0, 128)
	return sha256.Sum256(append(append(text, v.idKey[:]...), id...))
}

// recall gives the record of an id, from the cache or from the source.
func (v *Verifier) recall(ctx context.Context, p *presented) (hit, error) {
	if slot := v.cache.table.probe(p.hash); slot != nil && p.leased {
		if found, ok := v.cache.find(slot, &p.digest, p.now); ok {
			if marks := v.marks.Load(); newer(marks.since, found.epoch) && marks.covers(&found.Verified) {
				p.known = v.knownProof(&found.Verified)
				return hit{}, token.ErrRevoked
			}
			return found, nil
		}
	}
	return v.fetch(ctx, p)
}

// find gives the record of a workspace token. An id of another kind is none.
func (w *WorkspaceTokens) find(ctx context.Context, id string) (token.Token, error) {
	t, err := w.Source.FindToken(ctx, id)
	if err == nil && t.Kind != token.KindWorkspace {
		return token.Token{}, token.ErrNotFound
	}
	return t, err
}

// held gives the scopes of a record, and whether it names them: a workspace
// token that names none holds all three.
func held(t *token.Token, c *claims) (scopes token.Scopes, narrowed bool) {
	if t.Kind != token.KindWorkspace {
		return t.Scopes, c.narrowed
	}
	if len(t.Scopes) == 0 {
		return token.WorkspaceScopes(), false
	}
	return t.Scopes, true
}

// agrees compares what only the record knows with the claims; account and
// workspace are compared by [Verifier.stand].
func agrees(said *wstoken.Claims, v *Verified) bool {
	return said.ExpiresAt.Unix() == v.ExpiresAt().Unix() && sameScopes(said, v.profile.scopes, v.profile.narrowed)
}

func sameScopes(said *wstoken.Claims, scopes token.Scopes, narrowed bool) bool {
	if !narrowed {
		return len(said.Scopes) == 0
	}
	return slices.Equal(said.Scopes, scopes)
}

// compareAnew decides about a token that does not say what its record says. A
// token that was replaced by another ends before the time it names. The record that
// is read for it counts: it may have ended since the cached one was read.
func (v *Verifier) compareAnew(ctx context.Context, p *presented, said *wstoken.Claims) error {
	t, err := v.ask(ctx, p)
	if err != nil {
		return err
	}
	if err := v.judge(&t, v.clock.now()); err != nil {
		v.outdate(&t, t.ID)
		return err
	}
	scopes, narrowed := held(&t, &claims{})
	shortened := t.ReplacedBy != "" && said.ExpiresAt.After(t.ExpiresAt)
	if sameScopes(said, scopes, narrowed) && (shortened || said.ExpiresAt.Unix() == t.ExpiresAt.Unix()) {
		return nil
	}
	return v.mismatched(ctx, t)
}

func (v *Verifier) mismatched(ctx context.Context, t token.Token) error {
	if v.opts.Workspace.Mismatched != nil {
		if err := v.opts.Workspace.Mismatched(ctx, t); err != nil {
			return token.Unavailable(err)
		}
	}
	return token.ErrMismatch
}

// stand asks what the account is in the workspace: whether both may act at all
// (row C-12), whether both are those that the token names, and whether it is a member with
// the power to use tokens, which counts only once everything else was found
// good.
func (v *Verifier) stand(ctx context.Context, p *presented, said *wstoken.Claims, found *Verified) error {
	standing, err := v.opts.Workspace.Standing(ctx, found.Owner(), found.Workspace())
	switch {
	case err != nil:
		return token.Unavailable(err)
	case standing.Account != said.Account || standing.Workspace != said.Workspace:
		t, err := v.ask(ctx, p)
		if err != nil {
			return err
		}
		return v.mismatched(ctx, t)
	case !standing.Active, standing.Closed:
		return token.ErrDisabled
	case standing.Power < token.PowerUser:
		p.barred = token.ErrRole
	}
	return nil
}

// inspectWorkspace is Inspect for workspace tokens.
func (v *Verifier) inspectWorkspace(ctx context.Context, p *presented) (*Verified, token.Token, error) {
	said, err := v.readWorkspace(ctx, p)
	if err != nil {
		return nil, token.Token{}, err
	}
	t, err := v.ask(ctx, p)
	if err != nil {
		return nil, token.Token{}, err
	}
	if err := v.judge(&t, v.clock.now()); err != nil {
		return nil, t, err
	}
	proof := v.keep(&entry{}, &t, &claims{}, p.now, false)
	if !agrees(&said, &proof) {
		if err := v.compareAnew(ctx, p, &said); err != nil {
			return nil, t, err
		}
	}
	if err := v.stand(ctx, p, &said, &proof); err != nil {
		return nil, t, err
	}
	if p.barred != nil {
		return nil, t, p.barred
	}
	return &proof, t, nil
}
