package proof_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// documents are bodies that the routes take, by method and path. None of them
// would do any harm, were it done.
func documents() [][3]string {
	const service, admin = "/api/access-tokens/service", "/api/admin/v1"
	return [][3]string{
		{"POST", service, `{"name":"hostile","description":"d","groupEntityRef":"group:default/platform","scopes":["catalog:read"]}`},
		{"POST", service, `{"name":"hostile","description":"d","groupEntityRef":"group:default/platform","scopes":["catalog:read"],"expiresInDays":5}`},
		{"DELETE", service + "/" + unknownID, `{"reason":"r"}`},
		{"POST", service + "/" + unknownID + "/rotate", `{"overlapSeconds":5}`},
		{"POST", admin + "/tokens", `{"kind":"service","name":"hostile","owner":"group:default/platform","scopes":["catalog:read"]}`},
		{"POST", admin + "/tokens/" + unknownID + "/revoke", `{"reason":"r"}`},
		{"POST", admin + "/revoke-all", `{"owner":"group:default/nobody","dryRun":true}`},
		{"POST", admin + "/verify", `{"token":"x","scopes":["catalog:read"]}`},
		{"POST", admin + "/users", `{"ref":"user:default/hostile","name":"h"}`},
		{"POST", admin + "/groups", `{"ref":"group:default/hostile"}`},
		{"POST", admin + "/groups/join", `{"group":"group:default/platform","user":"user:default/bob"}`},
		{"POST", admin + "/workspaces", `{"name":"hostile"}`},
		{"POST", admin + "/roles/grant", `{"ref":"user:default/hostile","role":"auditor"}`},
		{"POST", admin + "/links", `{"user":"user:default/alice"}`},
		{"POST", admin + "/access-tokens", `{"user":"user:default/alice","ttlSeconds":60}`},
		{"POST", admin + "/keys/remove", `{"kid":"none"}`},
		{"POST", "/oauth2/introspect/batch", `{"tokens":["x"]}`},
	}
}

// brokenJSON sends a body that is not JSON, or not the JSON that is asked for,
// in a way that no change of a letter could have made right (row H-11).
func (e *enemy) brokenJSON() hostile {
	all := documents()
	d := all[e.chance.IntN(len(all))]
	method, path, text := d[0], d[1], d[2]
	at := 1 + e.chance.IntN(len(text)-1)
	contentType := typeJSON
	switch e.chance.IntN(14) {
	case 0:
		text = text[:at]
	case 1:
		text += []string{"x", "{}", ",", "\x00", "}", "]", "//", "null"}[e.chance.IntN(8)]
	case 2:
		text = "\ufeff" + text
	case 3: // a member twice
		member := strings.TrimSuffix(text[1:], "}")
		text = "{" + member + "," + member + "}"
	case 4: // bytes that are no UTF-8
		text = strings.Replace(text, `:"`, ":\"\xff", 1)
		if !strings.Contains(text, "\xff") {
			text = "\xff"
		}
	case 5:
		text = strings.Replace(text, "{", `{"x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+",", 1)
	case 6:
		text = strings.Repeat("[", 30_000)
	case 7:
		text = strings.ReplaceAll(text, `"`, `'`)
	case 8:
		text = strings.Replace(text, "{", "{,", 1)
	case 9:
		text = strings.Replace(text, ":", ":NaN,\"y\":", 1)
	case 10:
		text = strings.Replace(text, "{", `{"\ud800":1,`, 1)
	case 11: // too large
		text = strings.Replace(text, "{", `{"x":"`+strings.Repeat("a", 1<<21)+`",`, 1)
	case 12: // of another type
		contentType = []string{"Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded", "Content-Type: application/json; charset=utf-16", "X: y", "Content-Type: multipart/form-data"}[e.chance.IntN(5)]
	case 13: // compressed, it says
		return hostile{class: "compressed JSON", bytes: body(method, path, text, authorized(e.admin), typeJSON, "Content-Encoding: gzip")}
	}
	return hostile{class: "broken JSON", bytes: body(method, path, text, authorized(e.admin), contentType)}
}

// oddValue replaces one value of a body by another one. Some of these are
// allowed; none may be a fault of the server.
func (e *enemy) oddValue() hostile {
	all := documents()
	d := all[e.chance.IntN(len(all))]
	var members map[string]any
	if err := json.Unmarshal([]byte(d[2]), &members); err != nil {
		panic(err) // they are written above
	}
	raw := []string{
		"null", "true", "-1", "0", "1.5", "1e309", "9223372036854775808", "1e3", "[]", "{}", "[[]]", `[null]`, `[1]`, `{"a":{}}`, `""`,
		quoted(e.odd()), quoted(e.odd()), "[" + quoted(e.odd()) + "]", quoted(strings.Repeat("é", 20_000)),
	}[e.chance.IntN(19)]
	var b bytes.Buffer
	b.WriteByte('{')
	victim, i := e.chance.IntN(len(members)), 0
	for name, value := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		if i == victim {
			text = []byte(raw)
		}
		fmt.Fprintf(&b, "%q:%s", name, text)
		i++
	}
	b.WriteByte('}')
	return hostile{class: "odd value", bytes: body(d[0], d[1], b.String(), authorized(e.admin), typeJSON), right: anyAnswer}
}

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings can always be written
	}
	return string(text)
}

// brokenFraming breaks the rules of HTTP itself, without a credential: were
// the request understood, it would be refused.
func (e *enemy) brokenFraming() hostile {
	const issue = "POST /api/access-tokens/service HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
	const smuggled = "GET /api/admin/v1/users HTTP/1.1\r\nHost: localhost\r\n\r\n"
	noise := make([]byte, 1+e.chance.IntN(3000))
	for i := range noise {
		noise[i] = byte(e.chance.IntN(256))
	}
	cases := []string{
		string(noise),
		issue + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
		issue + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		issue + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		issue + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
		issue + "Content-Length: -5\r\n\r\nhello",
		issue + "Content-Length: 99999999999999999999\r\n\r\nhello",
		issue + "Content-Length: +5\r\n\r\nhello",
		issue + "Content-Length: 500\r\n\r\n{\"name\":",
		issue + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
		issue + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
		issue + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\n{\r\n", 40_000) + "0\r\n\r\n",
		issue + "Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}",
		issue + "X-Long: " + strings.Repeat("a", 40_000) + "\r\n\r\n",
		issue + strings.Repeat("X-Many: 1\r\n", 3000) + "\r\n",
		issue + "Cookie: " + strings.Repeat("a=b; ", 3000) + "\r\n\r\n",
		issue + "Bad Name: x\r\n\r\n", issue + "Bad\x00: x\r\n\r\n", issue + "X: a\x00b\r\n\r\n", issue + " folded\r\n\r\n", issue + ": nameless\r\n\r\n",
		"GET /" + strings.Repeat("a", 40_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api/admin/v1/users HTTP/1.1\r\n\r\n",
		"GET /api/admin/v1/users HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere\r\n\r\n",
		"GET /api/admin/v1/users HTTP/1.1\r\nHost: a b\r\n\r\n",
		"GET /api/admin/v1/users HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"GET http://evil.example/api/admin/v1/users HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api/admin/v1/users HTTP/9.9\r\nHost: localhost\r\n\r\n", "GET /api/admin/v1/users HTTP/0.9\r\n\r\n", "GET /api/admin/v1/users\r\n",
		"GET  /api/admin/v1/users  HTTP/1.1\r\nHost: localhost\r\n\r\n", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + string(noise), "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + string(noise),
		"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22\r\n\r\n",
		"GET /api/admin/v1/users HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
	}
	return hostile{class: "broken framing", bytes: []byte(cases[e.chance.IntN(len(cases))]), cut: true}
}
