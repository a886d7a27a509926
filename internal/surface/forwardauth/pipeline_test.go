package forwardauth_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Row D-14: two users' requests in turn on one connection, without waiting for
// answers. Each answer is about the one who asked.
func TestAnswersOnOneConnectionAreNotMixed(t *testing.T) {
	const rounds = 2000
	s := tokentest.Start(t)
	names := []string{"first", "second"}
	var requests [2]string
	for i, name := range names {
		raw := s.Issue(platform, name, "catalog:read").Secret.Reveal()
		body := strings.Repeat(name, i*3) // a body is read to its end
		requests[i] = fmt.Sprintf("POST /forward-auth?scope=catalog:read HTTP/1.1\r\nHost: tokenwright\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
			raw, len(body), body)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, strings.Repeat(requests[0]+requests[1], rounds)) }()

	answers := bufio.NewReader(conn)
	for i := range 2 * rounds {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if subject := resp.Header.Get("X-Auth-Subject"); resp.StatusCode != http.StatusOK || !strings.HasSuffix(subject, ":"+names[i%2]) {
			t.Fatalf("answer %d: %d about %s", i, resp.StatusCode, subject)
		}
	}
}
