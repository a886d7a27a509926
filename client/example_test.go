package client_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// issueForPipeline makes a token of thirty days for a pipeline.
func issueForPipeline(ctx context.Context) (token.Secret, error) {
	server, err := client.New(client.Options{
		URL:   "https://tokens.example.com",
		Token: token.NewSecret(os.Getenv("TOKENWRIGHT_TOKEN")),
	})
	if err != nil {
		return token.Secret{}, err
	}
	defer server.Close()
	issued, err := server.Issue(ctx, api.IssueRequest{
		Kind: "service", Name: "ci", Description: "builds of the shop",
		Owner: "group:default/platform", Scopes: []string{"catalog:read"},
		ExpiresInSeconds: 30 * 24 * 60 * 60,
	})
	if errors.Is(err, token.ErrNameTaken) {
		return token.Secret{}, fmt.Errorf("the pipeline has a token already: %w", err)
	}
	return token.NewSecret(issued.RawToken), err
}

func Example() {
	secret, err := issueForPipeline(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(secret) // prints [redacted]: Reveal gives the raw token
}

// assign lets a portal give a token to a person, for the administrator who
// pressed the button.
func assign(ctx context.Context, portal *peer.TokenManager, administrator, person string) (token.Secret, error) {
	server, err := client.New(client.Options{URL: "https://tokens.example.com", Bearer: portal.GetToken})
	if err != nil {
		return token.Secret{}, err
	}
	defer server.Close()
	issued, err := server.UserTokens().OnBehalfOf(administrator).Issue(ctx, api.IssueUserToken{
		User: person, Name: "phone", Permissions: []string{"upload"}, ExpiresInDays: 90,
	})
	return token.NewSecret(issued.RawToken), err
}

func ExampleUserTokens_OnBehalfOf() {
	secret, err := os.ReadFile("/etc/portal/peer-secret")
	if err != nil {
		fmt.Println(err)
		return
	}
	portal, err := peer.New(peer.Options{Keys: []peer.Key{{Secret: token.NewSecret(string(secret))}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, err := assign(context.Background(), portal, "user:default/admin", "user:default/alice")
	fmt.Println(raw, err) // the token prints as [redacted]
}

func ExampleClient_WorkspaceTokens() {
	ctx := context.Background()
	server, err := client.New(client.Options{
		URL:   "https://tokens.example.com",
		Token: token.NewSecret(os.Getenv("TOKENWRIGHT_TOKEN")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	issued, err := server.WorkspaceTokens().Issue(ctx, api.IssueWorkspaceToken{
		Name: "reports", Workspace: "sales", Scopes: []string{"read:*"}, ExpiresInDays: 30,
	})
	switch {
	case errors.Is(err, token.ErrDenied):
		fmt.Println("you may not make tokens in this workspace")
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(token.NewSecret(issued.RawToken), "ends", issued.Token.ExpiresAt)
	}
}

func ExampleClient_Introspect() {
	ctx := context.Background()
	server, err := client.New(client.Options{
		URL:   "https://tokens.example.com",
		Token: token.NewSecret(os.Getenv("TOKENWRIGHT_TOKEN")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := server.Introspect(ctx, token.NewSecret("bsat_…"))
	switch {
	case err != nil:
		fmt.Println("not known, try again:", err)
	case !answer.Active:
		fmt.Println("refuse it")
	default:
		fmt.Println(answer.Subject, "may", answer.Scope)
	}
}
