// Command go-service is a service that checks tokens in its own process: those
// of programs and people, which it finds in Tokenwright's database, and those
// of other services, whose secrets it has. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var peers peer.Options
	flags := flag.NewFlagSet("go-service", flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address to answer on")
	flags.Func("peer", "name=file of a secret of a service that may read", func(value string) error {
		key, err := readKey(value)
		peers.Keys = append(peers.Keys, key)
		return err
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	// Not a flag: everybody on the machine sees the arguments of a process.
	records, err := postgres.Open(ctx, os.Getenv("TOKENWRIGHT_DATABASE"), postgres.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = records.Close() }() // it was only read
	guarded, err := guard(records, peers, http.HandlerFunc(greet))
	if err != nil {
		return err
	}
	return serve(ctx, *listen, guarded, out)
}

// readKey reads "name=file". A scope is what the peer may do here.
func readKey(value string) (peer.Key, error) {
	name, file, ok := strings.Cut(value, "=")
	if !ok {
		return peer.Key{}, errors.New("want name=file")
	}
	secret, err := os.ReadFile(file)
	return peer.Key{
		Caller: peer.Caller{Name: name, Scopes: []string{"catalog:read"}},
		Secret: token.NewSecret(string(secret)),
	}, err
}

// guard puts the check in front of an API.
func guard(records *store.Store, peers peer.Options, api http.Handler) (http.Handler, error) {
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat", token.KindUser: "pv_live"})
	if err != nil {
		return nil, err
	}
	opts := verify.Options{Formats: formats, Source: records, Subject: mayAct(records)}
	if len(peers.Keys) > 0 {
		if opts.Peers, err = peer.New(peers); err != nil {
			return nil, err
		}
	}
	verifier, err := verify.New(opts)
	if err != nil {
		return nil, err
	}
	rules, warnings, err := verify.NewRules([]verify.Rule{
		{Path: "/healthz", Public: true},
		{Path: "/catalog/**", Methods: []string{"GET"}, Scopes: []string{"catalog:read"}},
		{Path: "/upload", Methods: []string{"POST"}, Kinds: []string{"user"}, Scopes: []string{"upload"}},
	})
	for _, warning := range warnings {
		log.Print(warning.Text)
	}
	if err != nil {
		return nil, err
	}
	return verify.Middleware(verifier, rules)(api), nil
}

// mayAct refuses the tokens of people who were disabled. The verifier asks for
// each of their requests.
func mayAct(records *store.Store) func(context.Context, verify.Verified) error {
	return func(ctx context.Context, v verify.Verified) error {
		user, err := records.FindUser(ctx, string(v.Subject()))
		switch {
		case errors.Is(err, token.ErrNotFound):
			return token.ErrUnknown
		case err != nil:
			return token.Unavailable(err)
		case !user.DisabledAt.IsZero():
			return token.ErrDisabled
		}
		return nil
	}
}

// greet answers whoever was let through.
func greet(w http.ResponseWriter, r *http.Request) {
	who := verify.FromContext(r.Context())
	if who == nil { // a public path
		_, _ = io.WriteString(w, "ok\n") // the client may be gone
		return
	}
	_, _ = fmt.Fprintf(w, "hello %s, you came with a %s token\n", who.Subject(), who.Kind())
}

// serve answers until ctx ends.
func serve(ctx context.Context, address string, handler http.Handler, out io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "listening on http://%s\n", listener.Addr())
	server := http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
