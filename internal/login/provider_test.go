package login_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	clientID     = "tokenwright"
	clientSecret = "the-clients-secret-of-this-test"
)

// idp is a running OpenID provider: discovery, authorization code flow with
// PKCE, keys. It is strict: what a request must have and has not ends the flow.
type idp struct {
	t      *testing.T
	server *httptest.Server
	clock  func() time.Time
	signer jwt.Signer

	mu     sync.Mutex
	claims map[string]any // of whoever signs in
	forge  func(claims map[string]any)
	sign   func(claims map[string]any) string // nil: as published
	answer func(query url.Values)             // changes what goes back through the browser
	codes  map[string]url.Values              // code -> authorization request
	redeem int                                // how many codes were redeemed
}

func startIDP(t *testing.T, clock *tokentest.Clock) *idp {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jwt.NewES256Signer("idp-1", private)
	if err != nil {
		t.Fatal(err)
	}
	p := &idp{t: t, clock: time.Now, signer: signer, codes: map[string]url.Values{}}
	if clock != nil {
		p.clock = clock.Now
	}
	p.signsIn("1001", "alice")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.metadata)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /keys", p.keys)
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

// config is the configuration of a server that trusts the provider.
func (p *idp) config(more ...string) tokentest.Option {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "client-secret")
	if err := os.WriteFile(file, []byte(clientSecret), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return tokentest.WithConfig(fmt.Sprintf("sign_in: {oidc: {issuer: %q, client_id: %s, client_secret_file: %q%s}}",
		p.server.URL, clientID, file, strings.Join(append([]string{""}, more...), ", ")))
}

// serve starts a server at which the next account called alice is alice. She is in
// a group already, so that nobody becomes her by the name alone.
func serve(t *testing.T, options ...tokentest.Option) *tokentest.Server {
	t.Helper()
	s := tokentest.Start(t, options...)
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/rebind", `{"ref":"alice"}`, http.StatusOK)
	return s
}

// signsIn sets who signs in next, with further claims as pairs.
func (p *idp) signsIn(subject, name string, more ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = map[string]any{"sub": subject, "preferred_username": name}
	for i := 0; i+1 < len(more); i += 2 {
		p.claims[more[i].(string)] = more[i+1]
	}
}

func (p *idp) metadata(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(map[string]any{
		"issuer": p.server.URL, "authorization_endpoint": p.server.URL + "/authorize",
		"token_endpoint": p.server.URL + "/token", "jwks_uri": p.server.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"ES256"},
		"code_challenge_methods_supported":               []string{"S256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *idp) keys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	key := p.signer.Key()
	p.mu.Unlock()
	set, err := jwt.MarshalJWKS([]jwt.Key{key})
	if err != nil {
		p.t.Error(err)
	}
	_, _ = w.Write(set)
}

func (p *idp) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name, values := range q {
		if len(values) != 1 {
			p.t.Errorf("%s is given %d times", name, len(values))
		}
	}
	switch {
	case q.Get("client_id") != clientID, q.Get("response_type") != "code",
		!strings.HasSuffix(q.Get("redirect_uri"), "/sign-in/oidc/callback"),
		!strings.Contains(" "+q.Get("scope")+" ", " openid "),
		len(q.Get("state")) < 40, len(q.Get("nonce")) < 40,
		q.Get("code_challenge_method") != "S256", len(q.Get("code_challenge")) != 43:
		p.t.Errorf("the authorization request is not as it must be: %v", q)
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = q
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.server.URL}}
	if p.answer != nil {
		p.answer(back)
	}
	p.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusSeeOther)
}

func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if id != clientID || secret != clientSecret || r.ParseForm() != nil {
		http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.redeem++
	asked, known := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	challenge := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	w.Header().Set("Content-Type", "application/json")
	if !known || r.PostForm.Get("grant_type") != "authorization_code" ||
		r.PostForm.Get("redirect_uri") != asked.Get("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(challenge[:]) != asked.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": p.idToken(asked.Get("nonce")),
	})
}

// idToken is called with the lock held.
func (p *idp) idToken(nonce string) string {
	now := p.clock().Unix()
	claims := map[string]any{"iss": p.server.URL, "aud": clientID, "iat": now, "exp": now + 300, "nonce": nonce}
	for name, value := range p.claims {
		claims[name] = value
	}
	if p.forge != nil {
		p.forge(claims)
	}
	if p.sign != nil {
		return p.sign(claims)
	}
	raw, err := p.signer.Sign("JWT", claims)
	if err != nil {
		p.t.Error(err)
	}
	return raw
}

func (p *idp) redeemed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.redeem
}
