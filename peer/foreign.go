package peer

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// foreign verifies a token of another issuer. The unverified iss chooses among
// the configured issuers and nothing else; the kind is decided by
// typ and issuer, never by aud (PEER-23).
func (m *TokenManager) foreign(ctx context.Context, raw string, now time.Time) (*Principal, error) {
	iss, err := unverifiedText(raw, "iss")
	if err != nil {
		return nil, err
	}
	issuer, ok := m.issuers[iss]
	if !ok || !issuer.usable(now) {
		return nil, refuse(token.ErrIssuer, "iss is no configured issuer")
	}
	opened, said, err := openPublished(ctx, raw, issuer.Keys)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(issuer.Algorithms, string(opened.Header.Algorithm)) {
		return nil, refuse(token.ErrAlgorithm, "alg is none of those configured for the issuer")
	}
	switch typ := strings.ToLower(opened.Header.Type); typ {
	case "", "jwt", "at+jwt":
	default:
		return nil, refuse(token.ErrWrongKind, "typ is neither absent nor JWT nor at+jwt")
	}
	if text, _ := said.text("iss"); text != iss {
		return nil, refuse(token.ErrIssuer, "iss is not the configured issuer")
	}
	if err := said.checkTimes(now, m.leeway); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(said.audiences, func(one string) bool { return slices.Contains(issuer.Audiences, one) }) {
		return nil, refuse(token.ErrAudience, "aud has none of the configured audiences")
	}
	p, err := m.accept(&issuer.Caller, said, now)
	if err != nil {
		return nil, err
	}
	p.Caller, p.Name = issuer.label(), ""
	p.Subject, err = m.foreignSubject(issuer, said)
	return p, err
}

// foreignSubject gives the subject of a foreign token. What it may spell is the
// issuer's choice, so it is kept printable, and never becomes the subject of a
// configured caller.
func (m *TokenManager) foreignSubject(issuer *JWKS, said statement) (token.Subject, error) {
	sub, ok := said.subject.Text()
	subject := token.Subject(prefixLead(issuer.SubjectPrefix) + sub)
	switch {
	case !ok || sub == "":
		return "", refuse(token.ErrSubject, "sub is missing or no text")
	case len(subject) > maxSubject || strings.ContainsFunc(sub, notVisible):
		return "", refuse(token.ErrSubject, "sub is too long or not visible ASCII")
	case subject == NamelessSubject || slices.Contains(m.subjects, subject):
		return "", refuse(token.ErrSubject, "sub gives the subject of a configured caller")
	}
	return subject, nil
}

// openPublished verifies a signature by published keys: kid is required, since
// without it every key would be tried (J15).
func openPublished(ctx context.Context, raw string, keys jwt.KeySource) (jwt.Opened, statement, error) {
	opened, err := jwt.Open(ctx, raw, keys, MaxLength)
	if err != nil {
		return jwt.Opened{}, statement{}, err
	}
	if opened.Header.KeyID == "" || opened.Key.IsSecret() {
		return jwt.Opened{}, statement{}, refuse(token.ErrSignature, "kid is missing")
	}
	parsed, err := parseClaims(opened.Payload)
	return opened, parsed, err
}

// unverifiedText gives the text of a claim before anything was verified, to
// choose a configured source of keys by; "" when there is none.
func unverifiedText(raw, name string) (string, error) {
	payload, err := jwt.UnverifiedPayload(raw, MaxLength)
	if err != nil {
		return "", err
	}
	object, err := strictjson.ParseObject(payload, strictjson.Limits{MaxBytes: MaxLength})
	if err != nil {
		return "", refuse(token.ErrMalformed, "claims: "+err.Error())
	}
	value, _ := object.Find(name)
	text, _ := value.Text()
	return text, nil
}

func (s statement) text(name string) (string, bool) {
	value, _ := s.object.Find(name)
	return value.Text()
}
