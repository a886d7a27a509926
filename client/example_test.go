package client_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
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
