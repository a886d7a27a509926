package openapi_test

import (
	"net/http"
)

// walkInventory goes through the pages about tokens of every kind.
func walkInventory(person *visitor, csrf string) {
	const list = "/admin/inventory"
	person.do(http.MethodGet, list, "")
	person.do(http.MethodGet, list+"?kind=service&state=usable&owner=platform&scope=catalog%3Aread&q=a&from=2026-01-01&until=2099-01-01", "")
	person.do(http.MethodGet, list+"?unused=30", "")
	person.do(http.MethodGet, list+"/change?action=disable&all=yes&q=nothing-like-this", "")
	person.do(http.MethodPost, list+"/change", csrf+"&action=disable&all=yes&q=nothing-like-this")
	person.do(http.MethodPost, list+"/change", csrf+"&action=disable&all=yes&kind=personal&state=usable")
}
