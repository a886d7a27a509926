package openapi_test

import (
	"net/http"
	"net/url"
	"regexp"
)

// walkOperation goes through the pages about the log, the keys and the settings.
func walkOperation(person *visitor, csrf string) {
	list := person.do(http.MethodGet, "/admin/audit?outcome=allowed&from=2026-01-01T00:00", "").body
	entry := regexp.MustCompile(`/admin/audit/[0-9a-f-]{36}`).FindString(list)
	person.do(http.MethodGet, entry, "")
	person.placed(entry)
	person.do(http.MethodGet, entry+"/proof", "")
	person.do(http.MethodGet, "/admin/audit/export?action=token.issued", "")
	person.do(http.MethodGet, "/admin/audit/checkpoint", "")
	person.do(http.MethodGet, "/admin/audit/verify", "")
	person.do(http.MethodPost, "/admin/audit/verify", csrf+"&checkpoint=")

	person.do(http.MethodGet, "/admin/keys", "")
	newest := regexp.MustCompile(`name="newest" value="([^"]*)"`).FindStringSubmatch(person.do(http.MethodGet, "/admin/keys/rotate?use=log", "").body)[1]
	person.do(http.MethodPost, "/admin/keys/rotate", csrf+"&use=log&newest="+url.QueryEscape(newest))
	key := regexp.MustCompile(`/admin/keys/[^/"?]+/remove`).FindAllString(person.do(http.MethodGet, "/admin/keys", "").body, -1)
	former := key[len(key)-1]
	person.do(http.MethodGet, regexp.MustCompile(`/admin/keys/[^/"?]+/retire`).FindString(person.do(http.MethodGet, "/admin/keys", "").body), "")
	person.do(http.MethodPost, regexp.MustCompile(`remove$`).ReplaceAllString(former, "retire"), csrf)
	person.do(http.MethodGet, former, "")
	person.do(http.MethodPost, former, csrf+"&sure=yes")

	person.do(http.MethodGet, "/admin/settings", "")
	person.do(http.MethodGet, "/docs/api", "")
}

// placed waits until an entry has its place in the log.
func (v *visitor) placed(entry string) {
	v.t.Helper()
	for range 1000 {
		if v.send(http.MethodGet, entry+"/proof", "").status == http.StatusOK {
			return
		}
	}
	v.t.Fatal("an entry gets no place in the log")
}
