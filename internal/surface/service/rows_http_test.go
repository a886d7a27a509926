package service_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func envelope(name, message, method, url string, status int) string {
	return `{"error":{"name":"` + name + `","message":"` + message + `"},"request":{"method":"` + method + `","url":"` + url +
		`"},"response":{"statusCode":` + strconv.Itoa(status) + `}}`
}

func TestSVC22TheBackstageCookieIsNeverRead(t *testing.T) {
	s := start(t)
	got := s.call("", "GET", base, nil, "Cookie: backstage-auth="+admin)
	if got.status != 401 || got.body != envelope("AuthenticationError", "Missing credentials", "GET", "/service", 401) {
		t.Errorf("cookie alone = %d %s", got.status, got.body)
	}
	if got := s.call(reader, "POST", base, wish("x"), "Cookie: backstage-auth="+admin); got.status != 403 {
		t.Errorf("the cookie's user was taken: %d %s", got.status, got.body)
	}
}

func TestSVC23TwoTextsForEveryCause(t *testing.T) {
	s := start(t)
	record, raw := s.issue("ci")
	s.expect(s.call(admin, "DELETE", base+"/"+record["id"].(string), nil), 204, "")
	_, brief := s.issue("brief", with("expiresInDays", 1))
	s.advance(day)
	want := envelope("AuthenticationError", "Illegal token", "GET", "/service", 401)
	for name, credential := range map[string]string{
		"junk": "junk", "revoked": raw, "expired": brief, "changed": raw[:len(raw)-1] + "0", "cut": raw[:20],
		"old shape": "bsat_" + strings.Repeat("A", 43), "JWT": "eyJhbGciOiJub25lIn0.e30.", "long": strings.Repeat("a", 5000),
	} {
		got := s.call(credential, "GET", base+"?status=active&x=secret", nil)
		if got.status != 401 || got.body != want || got.header.Get("WWW-Authenticate") != `Bearer realm="tokenwright", error="invalid_token"` {
			t.Errorf("%s = %d %s %q", name, got.status, got.body, got.header.Get("WWW-Authenticate"))
		}
	}
	got := s.call("", "GET", base+"/x/audit?limit=1", nil)
	if got.body != envelope("AuthenticationError", "Missing credentials", "GET", "/service/x/audit", 401) ||
		got.header.Get("WWW-Authenticate") != `Bearer realm="tokenwright"` {
		t.Errorf("none = %s %q", got.body, got.header.Get("WWW-Authenticate"))
	}
	_, good := s.issue("good")
	s.expect(s.call(good, "GET", base, nil), 401, "Unauthorized")
}

func TestSVC24BodiesAreReadStrictly(t *testing.T) {
	s := start(t)
	syntax := envelope("SyntaxError", "Request body is not valid JSON", "POST", "/service", 400)
	tooLarge := envelope("PayloadTooLargeError", "request entity too large", "POST", "/service", 413)
	good := `{"name":"x","description":"CI","groupEntityRef":"platform","scopes":["catalog:read"]`
	for name, test := range map[string]struct {
		body   string
		status int
		want   string
	}{
		"cut":             {`{"name":`, 400, syntax},
		"trailing":        {good + `} x`, 400, syntax},
		"two values":      {good + `}{}`, 400, syntax},
		"duplicate":       {good + `,"name":"y"}`, 400, syntax},
		"duplicate as \\": {good + `,"n\u0061me":"y"}`, 400, syntax},
		"deep":            {good + `,"x":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, 400, syntax},
		"invalid UTF-8":   {"{\"name\":\"\xff\"}", 400, syntax},
		"BOM":             {"\ufeff" + good + "}", 400, syntax},
		"a string":        {`"x"`, 400, syntax},
		"a number":        {`1`, 400, syntax},
		"null":            {`null`, 400, syntax},
		"comment":         {good + `/**/}`, 400, syntax},
		"single quotes":   {`{'name':'x'}`, 400, syntax},
		"NaN":             {good + `,"expiresInDays":NaN}`, 400, syntax},
		"large":           {good + `,"x":"` + strings.Repeat("x", 65536) + `"}`, 413, tooLarge},
		"an array":        {`[` + good + `}]`, 422, `{"error":"name must be 1-100 characters of lowercase letters, numbers, and hyphens"}`},
	} {
		if got := s.call(admin, "POST", base, test.body); got.status != test.status || got.body != test.want {
			t.Errorf("%s = %d %s", name, got.status, got.body)
		}
	}
	for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "application/json; charset=latin1"} {
		got := s.call(admin, "POST", base, good+"}", "Content-Type: ", "Content-Type: "+contentType)
		s.expect(got, 415, "Content-Type must be application/json")
	}
	got := s.call(admin, "POST", base, good+"}", "Content-Encoding: gzip")
	s.expect(got, 415, "Compressed request bodies are not supported")
	// The content type is judged before the size, the permission before both.
	large := strings.Repeat("x", 70000)
	s.expect(s.call(admin, "POST", base, large, "Content-Type: ", "Content-Type: text/plain"), 415, "Content-Type must be application/json")
	s.expect(s.call(reader, "POST", base, large, "Content-Type: ", "Content-Type: text/plain"), 403, "Forbidden: write access required")
	if got := s.call(admin, "GET", base, nil); got.members["total"] != 0.0 {
		t.Errorf("something was stored: %s", got.body)
	}
}

func TestSVC25NothingMayBeCached(t *testing.T) {
	s := start(t)
	record, _ := s.issue("ci")
	path := base + "/" + record["id"].(string)
	for _, got := range []answer{
		s.call(admin, "GET", base, nil),
		s.call(admin, "GET", path, nil, "If-None-Match: *"),
		s.call(admin, "POST", base, wish("x")),
		s.call(admin, "POST", base, "{"),
		s.call("", "GET", base, nil),
		s.call(admin, "PUT", path, nil),
		s.call(admin, "GET", base+"/x/y/z", nil),
		s.call(admin, "DELETE", path, nil),
	} {
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("ETag") != "" || got.status == http.StatusNotModified {
			t.Errorf("answer %d %v", got.status, got.header)
		}
		if got.status != 204 && got.header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("answer %d of type %q", got.status, got.header.Get("Content-Type"))
		}
	}
}

func TestSVC26UnknownMethodsAndPaths(t *testing.T) {
	s := start(t)
	for path, allow := range map[string]string{
		base: "GET, HEAD, POST", base + "/scopes": "GET, HEAD", base + "/x": "DELETE, GET, HEAD", base + "/x/rotate": "POST", base + "/x/audit": "GET, HEAD",
	} {
		got := s.call(admin, "PATCH", path, nil)
		s.expect(got, 405, "Method not allowed")
		if got.header.Get("Allow") != allow {
			t.Errorf("%s: Allow %q, want %q", path, got.header.Get("Allow"), allow)
		}
	}
	for _, path := range []string{base + "/x/y", base + "/", "/api/access-tokens", "/api/access-tokens/other", base + "/x/audit.css"} {
		s.expect(s.call(admin, "GET", path, nil), 404, "Not found")
	}
	s.expect(s.call(admin, "POST", base+"/x", nil, "X-HTTP-Method-Override: DELETE"), 405, "Method not allowed")
	head := s.call(reader, "HEAD", base, nil)
	if get := s.call(reader, "GET", base, nil); head.status != 200 || head.body != "" || head.header.Get("Content-Length") != get.header.Get("Content-Length") {
		t.Errorf("HEAD = %d %v", head.status, head.header)
	}
}

func TestSVC26UsersAreLimited(t *testing.T) {
	s := start(t, func(set *setup) { set.perMinute = 0 })
	for i := range 600 {
		if got := s.call(reader, "GET", base+"/scopes", nil); got.status != 200 {
			t.Fatalf("request %d = %d", i+1, got.status)
		}
	}
	got := s.call(reader, "GET", base, nil)
	s.expect(got, 429, "Too many requests, please try again later.")
	if got.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
	}
	if got := s.call(admin, "GET", base, nil); got.status != 200 {
		t.Errorf("another user = %d", got.status)
	}
}

func TestSVC35AFailingStoreIsUnavailableOnEveryRoute(t *testing.T) {
	s := start(t)
	record, raw := s.issue("ci")
	path := base + "/" + record["id"].(string)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		as, method, path string
		body             any
	}{
		{reader, "GET", base, nil},
		{reader, "GET", path, nil},
		{reader, "GET", path + "/audit", nil},
		{admin, "POST", base, wish("x")},
		{admin, "POST", path + "/rotate", nil},
		{admin, "DELETE", path, nil},
		{reader, "DELETE", path, nil}, // a refusal that cannot be recorded
		{nobody, "GET", base, nil},
		{"bsat_" + raw[5:], "GET", base, nil},
	} {
		got := s.call(test.as, test.method, test.path, test.body)
		s.expect(got, 503, "Temporarily unavailable")
		if got.header.Get("Retry-After") == "" {
			t.Errorf("%s %s as %s: no Retry-After", test.method, test.path, test.as)
		}
	}
}

func TestSVC44ExactlyOneCredential(t *testing.T) {
	const text = "Exactly one credential is allowed"
	s := start(t)
	s.expect(s.call(admin, "GET", base, nil, "Authorization: Bearer "+admin), 400, text)
	s.expect(s.call(admin, "GET", base, nil, "Authorization: Basic x"), 400, text)
	for _, query := range []string{"?access_token=x", "?token=x", "?status=&ACCESS_TOKEN="} {
		s.expect(s.call(admin, "GET", base+query, nil), 400, text)
		s.expect(s.call("", "GET", base+query, nil), 400, text)
	}
	for _, header := range []string{"Bearer  " + admin, "BEARER " + admin} {
		if got := s.call("", "GET", base, nil, "Authorization: "+header); got.status != 200 {
			t.Errorf("%q = %d", header, got.status)
		}
	}
}
