// Command peer is a deployment that other deployments call. Three of them, each
// with its own secret, show that trust goes one way: see README.md.
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
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(args []string, out io.Writer) error {
	var opts peer.Options
	flags := flag.NewFlagSet("peer", flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address to answer on")
	call := flags.String("call", "", "call this URL and print its answer, instead of answering")
	short := flags.Bool("allow-short-keys", false, "admit secrets of fewer than 32 bytes, while they are replaced")
	flags.Func("key", "name=file of a secret; the first is our own, the others are those we let in", func(value string) error {
		key, err := readKey(value)
		opts.Keys = append(opts.Keys, key)
		return err
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	for i := range opts.Keys {
		opts.Keys[i].AllowShort = *short
	}
	manager, err := peer.New(opts)
	if err != nil {
		return err
	}
	for _, note := range manager.Notes() {
		log.Print(note)
	}
	if *call != "" {
		return callOther(manager, *call, out)
	}
	return answerOthers(manager, *listen, out)
}

// readKey reads "name=file".
func readKey(value string) (peer.Key, error) {
	name, file, ok := strings.Cut(value, "=")
	if !ok {
		return peer.Key{}, errors.New("want name=file")
	}
	secret, err := os.ReadFile(file)
	if err != nil {
		return peer.Key{}, err
	}
	return peer.Key{Caller: peer.Caller{Name: name}, Secret: token.NewSecret(string(secret))}, nil
}

// callOther asks for a token for this one call, as every call should.
func callOther(manager *peer.TokenManager, url string, out io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	raw, err := manager.GetToken(ctx)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+raw.Reveal())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // nothing was written
	_, err = fmt.Fprint(out, resp.StatusCode, " ")
	if err == nil {
		_, err = io.Copy(out, io.LimitReader(resp.Body, 1<<10))
	}
	return err
}

// answerOthers greets whoever has a key that we list, by the name of that key.
func answerOthers(manager *peer.TokenManager, address string, out io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "listening on http://%s\n", listener.Addr())
	server := http.Server{
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			bearer, err := verify.Bearer(r.Header)
			if err != nil {
				verify.WriteRefusal(w, err)
				return
			}
			caller, err := manager.Authenticate(r.Context(), bearer)
			if err != nil {
				log.Printf("refused: %s", token.ReasonOf(err)) //nolint:gosec // one of our words; the caller learns nothing
				verify.WriteRefusal(w, err)
				return
			}
			_, _ = fmt.Fprintf(w, "hello, %s\n", caller.Name) //nolint:gosec // a name of the configuration, as plain text
		}),
	}
	return server.Serve(listener)
}
