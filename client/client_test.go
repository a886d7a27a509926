package client_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const platform = "group:default/platform"

// open gives a client of a running server.
func open(t *testing.T, opts client.Options) *client.Client {
	t.Helper()
	c, err := client.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// doors gives the two ways to a server for somebody who may administer.
func doors(t *testing.T, tw *tokentest.Server) map[string]*client.Client {
	t.Helper()
	return map[string]*client.Client{
		"socket": open(t, client.Options{Socket: tw.Socket()}),
		"bearer": as(t, tw, "user:default/admin"),
	}
}

// as gives a client that acts as a user over TCP.
func as(t *testing.T, tw *tokentest.Server, user string) *client.Client {
	t.Helper()
	return open(t, client.Options{URL: tw.URL, Token: token.NewSecret(tw.UserToken(user))})
}

func issue(t *testing.T, c *client.Client, name string) api.Issued {
	t.Helper()
	issued, err := c.Issue(t.Context(), api.IssueRequest{
		Kind: "service", Name: name, Description: "made by a test", Owner: "platform", Scopes: []string{"catalog:read"},
	})
	if err != nil {
		t.Fatalf("issue %s: %v", name, err)
	}
	return issued
}

func TestATokensWholeLifeThroughBothDoors(t *testing.T) {
	tw := tokentest.Start(t)
	for door, c := range doors(t, tw) {
		t.Run(door, func(t *testing.T) {
			issued := issue(t, c, "life-"+door)
			id, raw := issued.Token.ID, issued.RawToken
			if issued.Token.Owner != platform || issued.Token.TokenPrefix != raw[:12] {
				t.Errorf("issued %+v", issued.Token)
			}
			is(t, c, raw, true, "")

			found, err := c.Find(t.Context(), id)
			if err != nil || found.Status != "active" && found.Status != "expiring" {
				t.Fatalf("found %+v, %v", found, err)
			}
			if _, err := c.Disable(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			is(t, c, raw, false, "disabled")
			if _, err := c.Enable(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			rotated, err := c.Rotate(t.Context(), id, api.RotateRequest{OverlapSeconds: 60})
			if err != nil {
				t.Fatal(err)
			}
			is(t, c, raw, true, "")
			is(t, c, rotated.RawToken, true, "")

			revoked, err := c.Revoke(t.Context(), id, "done")
			if err != nil || revoked.Status != "revoked" {
				t.Fatalf("revoked %+v, %v", revoked, err)
			}
			is(t, c, raw, false, "revoked")
			is(t, c, rotated.RawToken, false, "revoked")

			history, err := c.History(t.Context(), id, 0)
			if err != nil || len(history.Entries) != 5 || history.Entries[0].Reason != "done" {
				t.Fatalf("history %+v, %v", history, err)
			}
		})
	}
}

// is asserts what verify says of a raw token.
func is(t *testing.T, c *client.Client, raw string, active bool, reason string) {
	t.Helper()
	v, err := c.Verify(t.Context(), api.VerifyRequest{Token: raw})
	if err != nil || v.Active != active || v.Reason != reason {
		t.Fatalf("verify: active %v %q, want %v %q (error %v)", v.Active, v.Reason, active, reason, err)
	}
}

func TestTheSameErrorValuesOnBothSidesOfTheWire(t *testing.T) {
	tw := tokentest.Start(t)
	c := open(t, client.Options{Socket: tw.Socket()})
	taken := issue(t, c, "taken")
	if _, err := c.Revoke(t.Context(), taken.Token.ID, ""); err != nil {
		t.Fatal(err)
	}
	live := issue(t, c, "live")
	bearer := open(t, client.Options{URL: tw.URL, Token: token.NewSecret(live.RawToken)})
	stranger := open(t, client.Options{URL: tw.URL, Token: token.NewSecret("bsat_nonsense")})
	request := func(name string) api.IssueRequest {
		return api.IssueRequest{Kind: "service", Name: name, Description: "x", Owner: platform, Scopes: []string{"catalog:read"}}
	}
	ctx := t.Context()
	for _, tc := range []struct {
		name string
		call func() error
		want error
	}{
		{"a name that is taken", func() error { _, err := c.Issue(ctx, request("taken")); return err }, token.ErrNameTaken},
		{"a broken rule of a field", func() error { _, err := c.Issue(ctx, request("Not A Name")); return err }, token.ErrInvalid},
		{"a token that does not exist", func() error { _, err := c.Find(ctx, token.NewID()); return err }, token.ErrNotFound},
		{"a second revocation", func() error { _, err := c.Revoke(ctx, taken.Token.ID, ""); return err }, token.ErrAlreadyRevoked},
		{"a user that exists", func() error { _, err := c.AddUser(ctx, "alice", ""); return err }, token.ErrExists},
		{"the last administrator", func() error { return c.Withdraw(ctx, "user:default/admin", "administrator") }, token.ErrLastAdmin},
		{"a user without a role", func() error { _, err := as(t, tw, "user:default/bob").Users(ctx); return err }, token.ErrDenied},
		{"a credential that is not good", func() error { _, err := stranger.Users(ctx); return err }, token.ErrUnauthenticated},
		{"no credential", func() error { _, err := open(t, client.Options{URL: tw.URL}).Users(ctx); return err }, token.ErrUnauthenticated},
		{"a token that issues a token (E-03)", func() error { _, err := bearer.Issue(ctx, request("more")); return err }, token.ErrTokensMintTokens},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.call()
			if !errors.Is(err, tc.want) {
				t.Fatalf("error %v, want %v", err, tc.want)
			}
			var problem *client.Error
			if !errors.As(err, &problem) || problem.Problem.Status < 400 || problem.Problem.RequestID == "" {
				t.Errorf("no problem document in %#v", err)
			}
		})
	}
}

func TestNoAnswerIsUnreachableAndUnavailable(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, opts := range map[string]client.Options{
		"a socket that is not there": {Socket: filepath.Join(t.TempDir(), "admin.sock")},
		"a port nobody listens on":   {URL: gone.URL},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, opts).Users(t.Context())
			if !errors.Is(err, client.ErrUnreachable) || !errors.Is(err, token.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestACallerWhoGaveUpIsToldSo(t *testing.T) {
	tw := tokentest.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := open(t, client.Options{Socket: tw.Socket()}).Users(ctx)
	if !errors.Is(err, context.Canceled) || errors.Is(err, client.ErrUnreachable) {
		t.Errorf("error %v", err)
	}
}

// strange is a server that is no Tokenwright: a proxy, or whatever else
// stands at the address.
func strange(t *testing.T, answer http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return open(t, client.Options{URL: server.URL, Token: token.NewSecret("a-credential")})
}

func TestAnswersOfProxiesKeepTheirMeaning(t *testing.T) {
	for status, want := range map[int]error{
		http.StatusBadGateway:          token.ErrUnavailable,
		http.StatusUnauthorized:        token.ErrUnauthenticated,
		http.StatusForbidden:           token.ErrDenied,
		http.StatusTooManyRequests:     token.ErrLimited,
		http.StatusRequestURITooLong:   token.ErrInvalid,
		http.StatusInternalServerError: token.ErrUnavailable,
	} {
		c := strange(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", status) })
		if _, err := c.Users(t.Context()); !errors.Is(err, want) {
			t.Errorf("%d: error %v, want %v", status, err, want)
		}
	}
}

func TestARedirectDoesNotGetTheCredential(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	c := strange(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if _, err := c.Users(t.Context()); err == nil || followed {
		t.Errorf("followed %v, error %v", followed, err)
	}
}

func TestAnExportThatWasCutOffIsAnError(t *testing.T) {
	for name, body := range map[string]string{
		"no last line":       `{"id":"1"}` + "\n",
		"half a line":        `{"id":"1"}` + "\n" + `{"id":`,
		"a line is missing":  `{"id":"1"}` + "\n" + `{"end":true,"entries":2}` + "\n",
		"nothing was sent":   "",
		"an end that is not": `{"end":false,"entries":0}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := strange(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
			var last error
			for _, err := range c.Export(t.Context(), client.EntryQuery{}) {
				last = err
			}
			if !errors.Is(last, client.ErrUnreachable) {
				t.Errorf("the stream ends with %v", last)
			}
		})
	}
}

func TestAddressesThatWouldShowTheCredentialAreRefused(t *testing.T) {
	for _, url := range []string{
		"http://tokens.example.com", "http://10.0.0.1:7080", "ftp://127.0.0.1", "https://", "tokens.example.com",
		"https://user:password@tokens.example.com", "https://tokens.example.com/?token=x", "",
	} {
		if _, err := client.New(client.Options{URL: url}); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%q: error %v", url, err)
		} else if strings.Contains(err.Error(), "password") {
			t.Errorf("%q: the error repeats the URL: %v", url, err)
		}
	}
}

func TestIntrospectionTellsNothingOfWhatIsNotActive(t *testing.T) {
	tw := tokentest.Start(t)
	c := as(t, tw, "user:default/admin")
	issued := issue(t, c, "asked")
	raw := token.NewSecret(issued.RawToken)
	answer, err := c.Introspect(t.Context(), raw)
	if err != nil || !answer.Active || answer.Subject != issued.Token.Subject || answer.Scope != "catalog:read" {
		t.Fatalf("%+v, %v", answer, err)
	}
	if _, err := c.Revoke(t.Context(), issued.Token.ID, ""); err != nil {
		t.Fatal(err)
	}
	answer, err = c.Introspect(t.Context(), raw)
	if diff := cmp.Diff(api.Introspection{}, answer); diff != "" || err != nil {
		t.Errorf("error %v, answer (-want +got):\n%s", err, diff)
	}
}
