// Package pagetest asks questions about pages, for tests: it signs a person in
// in a browser without scripts, follows links, fills in forms as they stand on
// the page, and finds elements by selectors.
//
// A test says what a person would see and do, and nothing about the markup
// around it:
//
//	b := pagetest.SignIn(t, tw, "user:default/admin")
//	form := b.Get("/admin/access-tokens/new")
//	made := form.Submit("form.form", "name", "nightly", "group", "group:default/platform")
//	secret := made.Text("#secret")
//
// Every page that it gets is held to what must hold for all of them; see
// [Browser.Get].
package pagetest
