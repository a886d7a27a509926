package console_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const keysPath = "/admin/keys"

// logKeys are the states of the keys of the log, newest first.
func logKeys(p *pagetest.Page) []string { return p.Texts("#use-log tbody .badge") }

func TestAKeyIsRotatedOnceHoweverOftenTheFormIsSent(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		if got := logKeys(b.Get(keysPath)); !cmp.Equal(got, []string{"Signs"}) {
			t.Fatalf("at first: %q", got)
		}
		form := b.Get(keysPath + "/rotate?use=log")
		after := form.Submit("form.form")
		if after.URL.Path != keysPath || after.Text(".toast") != "The new key signs in ten seconds" {
			t.Errorf("%s says %q", after.URL, after.Text(".toast"))
		}
		if got := logKeys(after); !cmp.Equal(got, []string{"Ready", "Signs"}) {
			t.Errorf("afterwards: %q", got)
		}
		if again := form.Submit("form.form"); again.Status != http.StatusConflict {
			t.Errorf("sent again: %d", again.Status)
		}
		if got := len(logKeys(b.Get(keysPath))); got != 2 {
			t.Errorf("%d keys after the second time", got)
		}
	})
}

func TestAKeyIsRetiredAndAnotherOneSigns(t *testing.T) {
	tw, b := visit(t)
	p := b.Get(keysPath)
	form := b.Get(p.Attrs("#use-log .menu-body a", "href")[0])
	if !strings.Contains(form.Text("form.form"), "It is the last key that signs here") {
		t.Errorf("it does not say what comes of it: %s", form.Text("form.form"))
	}
	after := form.Submit("form.form")
	if got := logKeys(after); !cmp.Equal(got, []string{"Signs", "Retired"}) {
		t.Errorf("afterwards: %q", got)
	}
	entries := tw.Entries(audit.Query{Actions: []audit.Action{audit.KeyRetired}, Actor: admin, Limit: 5})
	if len(entries) != 1 {
		t.Errorf("the log has %d entries", len(entries))
	}
}

func TestTheRemovalOfAKeySaysWhatStopsAndAsksTwice(t *testing.T) {
	tw, b := visit(t)
	jwt := tw.UserToken(alice)
	remove := b.Get(keysPath).Attrs("#use-access .menu-body a", "href")[1]
	form := b.Get(remove)
	if got := form.Text(".note strong"); !strings.HasPrefix(got, "Every access JWT that this key signed is refused at once.") {
		t.Errorf("it says %q", got)
	}
	unsure := form.Submit("form.form")
	if unsure.Status != http.StatusUnprocessableEntity || !unsure.Has("#sure-fault") {
		t.Fatalf("without the box: %d", unsure.Status)
	}
	if got := b.Get(keysPath).Texts("#use-access tbody .badge"); !cmp.Equal(got, []string{"Signs"}) {
		t.Fatalf("it was removed: %q", got)
	}
	after := form.Submit("form.form", "sure", "yes")
	if got := after.Texts("#use-access tbody .badge"); !cmp.Equal(got, []string{"Signs", "Removed"}) {
		t.Errorf("afterwards: %q", got)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tw.URL+"/openapi.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+jwt)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if _ = res.Body.Close(); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("what the key signed is answered with %d", res.StatusCode)
	}
	if again := form.Submit("form.form", "sure", "yes"); again.Status != http.StatusOK {
		t.Errorf("sent again: %d", again.Status)
	}
}

func TestWhatIsNoKeyIsNotFound(t *testing.T) {
	_, b := visit(t)
	for path, want := range map[string]int{
		"/none/retire": http.StatusNotFound, "/none/remove": http.StatusNotFound,
		"/rotate": http.StatusUnprocessableEntity, "/rotate?use=peer": http.StatusUnprocessableEntity,
	} {
		if got := b.Get(keysPath + path).Status; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

func TestKeysAndSettingsAreForAdministrators(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, alice)
	for _, path := range []string{keysPath, keysPath + "/rotate?use=log", "/admin/settings"} {
		p := b.Get(path)
		if p.Status != http.StatusForbidden || p.Has("tbody") {
			t.Errorf("%s: %d", path, p.Status)
		}
		if b.Get("/").Has(`.side a[href="` + path + `"]`) {
			t.Errorf("%s is offered", path)
		}
	}
	for _, path := range []string{keysPath + "/rotate", keysPath + "/x/retire", keysPath + "/x/remove"} {
		if got := b.Post(path, "csrf", b.Get(sessionsPath).Attr("[name=csrf]", "value"), "use", "log", "sure", "yes").Status; got != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, got)
		}
	}
}

// Two nodes, or two tabs, send the form at the same time.
func TestAKeyIsRotatedOnceWhenTheFormIsSentTwiceAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		form := b.Get(keysPath + "/rotate?use=log")
		var done sync.WaitGroup
		for range 8 {
			done.Go(func() { form.Submit("form.form") })
		}
		done.Wait()
		if got := len(logKeys(b.Get(keysPath))); got != 2 {
			t.Errorf("%d keys afterwards, want 2", got)
		}
	})
}
