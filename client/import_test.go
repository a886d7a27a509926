package client_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// lines gives n tokens that exist elsewhere, and then fails if there is a fault.
func lines(n int, fault error) iter.Seq2[api.ImportLine, error] {
	return func(yield func(api.ImportLine, error) bool) {
		for i := 1; i <= n; i++ {
			one := api.ImportLine{
				Line: i, Kind: "service", Digest: fmt.Sprintf("%064x", i), Name: fmt.Sprintf("moved-%d", i),
				Description: strings.Repeat("x", 400), Owner: "platform", Scopes: []string{"catalog:read"},
			}
			if !yield(one, nil) {
				return
			}
		}
		if fault != nil {
			yield(api.ImportLine{}, fault)
		}
	}
}

func endOf(n int) func() api.ImportEnd {
	return func() api.ImportEnd {
		return api.ImportEnd{End: true, Lines: n, Format: "jsonl", SHA256: strings.Repeat("0f", 32)}
	}
}

func TestImport(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig("imported: [{kind: service, prefix: bsat, length: 43, alphabet: base64url}]"))
	local, err := client.New(client.Options{Socket: s.Socket()})
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	broken := errors.New("the file ended early")
	if _, err := local.Import(t.Context(), lines(10, broken), endOf(10), false); !errors.Is(err, broken) || errors.Is(err, client.ErrUnreachable) {
		t.Errorf("a file that breaks off: %v", err)
	}
	done, err := local.Import(t.Context(), lines(10, nil), endOf(10), false)
	if err != nil || done.Imported != 10 {
		t.Errorf("%+v, %v", done, err)
	}
	done, err = local.Import(t.Context(), lines(11, nil), endOf(11), false)
	if err != nil || done.Imported != 0 || len(done.Refused) != 10 {
		t.Errorf("once more: %+v, %v", done, err)
	}
}

// TestARefusedImportIsNoServerThatIsAway, however much there was to send.
func TestARefusedImportIsNoServerThatIsAway(t *testing.T) {
	s := tokentest.Start(t)
	remote, err := client.New(client.Options{URL: s.URL, Token: token.NewSecret(s.UserToken("user:default/alice"))})
	if err != nil {
		t.Fatal(err)
	}
	defer remote.Close()
	for range 5 {
		_, err := remote.Import(t.Context(), lines(20_000, nil), endOf(20_000), false)
		if !errors.Is(err, token.ErrDenied) {
			t.Errorf("%v, want denied", err)
		}
	}
}
