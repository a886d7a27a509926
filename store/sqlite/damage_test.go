package sqlite_test

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

// damaged is a store with one token, and a second connection to its file.
type damaged struct {
	*testing.T
	store  *store.Store
	file   *sql.DB
	token  token.Token
	digest token.Digest
}

func newDamaged(t *testing.T) *damaged {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tokens.db")
	d := &damaged{T: t, store: open(t, path), digest: sha256.Sum256([]byte("a secret"))}
	id, now := token.NewID(), time.Now().UTC().Truncate(time.Microsecond)
	d.token = token.Token{
		ID: id, Family: token.FamilyID(id), Kind: token.KindService, Name: "ci", Owner: "group:default/platform",
		Subject: token.ServiceSubject("group:default/platform", "ci"), Scopes: token.Scopes{"catalog:read"},
		CreatedBy: d.by().Ref, CreatedAt: now, ExpiresAt: now.Add(90 * 24 * time.Hour),
	}
	d.issue(d.token, d.digest)
	file, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	must(t, err)
	d.file = file
	t.Cleanup(func() { must(t, file.Close()) })
	return d
}

func (d *damaged) issue(t token.Token, digest token.Digest) {
	d.Helper()
	n := token.New{Token: t, Digest: digest, Limits: token.Limits{Reuse: token.ReuseNever}}
	must(d.T, d.store.CreateToken(d.Context(), n, d.entry(audit.TokenIssued)))
}

func (d *damaged) by() token.Principal {
	return token.Principal{Type: token.PrincipalUser, Ref: "user:default/admin"}
}

func (d *damaged) entry(action audit.Action) audit.Entry {
	return audit.NewEntry(action, d.by(), d.token.CreatedAt.Add(time.Second)).About(d.token)
}

func (d *damaged) exec(query string) {
	d.Helper()
	_, err := d.file.ExecContext(d.Context(), query)
	must(d.T, err)
}

// unknown fails unless an answer says that it is not known, and why.
func (d *damaged) unknown(what string, err error) {
	d.Helper()
	if !errors.Is(err, token.ErrUnavailable) || !errors.Is(token.Cause(err), store.ErrDamaged) {
		d.Errorf("%s: error is %v (%v)", what, err, token.Cause(err))
	}
	if errors.Is(err, token.ErrNotFound) || errors.Is(err, token.ErrUnauthenticated) {
		d.Errorf("%s: an answer that is not known passes for a refusal: %v", what, err)
	}
}

func (d *damaged) revoke() {
	d.Helper()
	e := d.entry(audit.TokenRevoked)
	_, err := d.store.RevokeToken(d.Context(), token.Revocation{TokenID: d.token.ID, By: d.by().Ref, At: e.At}, e)
	must(d.T, err)
}

func (d *damaged) disable() error {
	_, err := d.store.SetDisabled(d.Context(), d.token.ID, true, d.entry(audit.TokenDisabled))
	return err
}

// K-05: whatever decides a verdict is as it was written, or the verdict is not
// known.
func TestNothingIsAnsweredFromADamagedRow(t *testing.T) {
	for _, change := range []string{
		"UPDATE tokens SET kind = 'user'",
		"UPDATE tokens SET owner = 'group:default/platforn'",
		"UPDATE tokens SET workspace = 'acme'",
		"UPDATE tokens SET subject = 'service-token:group:default/platform:ch'",
		"UPDATE tokens SET scopes = 'catalog:reae'",
		"UPDATE tokens SET scopes = ''",
		"UPDATE tokens SET name = 'cj', owner = owner || 'x'",
		"UPDATE tokens SET family = 'x'",
		"UPDATE tokens SET created_by = ''",
		"UPDATE tokens SET created_at = created_at + 1",
		"UPDATE tokens SET expires_at = expires_at + 1",
		"UPDATE tokens SET created_at = created_at + 1, expires_at = expires_at - 1",
		"UPDATE tokens SET disabled_at = 0",
		"UPDATE tokens SET revoked_at = 0",
		"UPDATE tokens SET checksum = 0",
		"UPDATE tokens SET checksum = checksum + 1",
		"UPDATE tokens SET checksum = 9223372036854775807",
	} {
		d := newDamaged(t)
		d.exec(change)
		_, err := d.store.FindByDigest(t.Context(), d.digest)
		d.unknown(change, err)
		_, err = d.store.FindToken(t.Context(), d.token.ID)
		d.unknown(change, err)
		d.unknown(change+", then disable", d.disable())
	}
	for _, change := range []string{
		"UPDATE secrets SET ends_at = 9000000000000000",
		"UPDATE secrets SET ends_at = 0",
		"UPDATE secrets SET created_at = created_at + 1",
		"UPDATE secrets SET checksum = checksum + 1",
	} {
		d := newDamaged(t)
		d.exec(change)
		_, err := d.store.FindByDigest(t.Context(), d.digest)
		d.unknown(change, err)
	}
}

// An absent time lets a token be good: the NULL of one that ended is the damage
// that would matter most.
func TestATimeThatIsLostBringsNothingBackToLife(t *testing.T) {
	for change, end := range map[string]func(*damaged){
		"UPDATE tokens SET revoked_at = NULL":                                        (*damaged).revoke,
		"UPDATE tokens SET revoked_at = NULL, disabled_at = revoked_at":              (*damaged).revoke,
		"UPDATE tokens SET revoked_at = revoked_at + 1, expires_at = expires_at - 1": (*damaged).revoke,
		"UPDATE tokens SET disabled_at = NULL":                                       func(d *damaged) { must(d.T, d.disable()) },
	} {
		d := newDamaged(t)
		end(d)
		if _, err := d.store.FindByDigest(t.Context(), d.digest); err != nil {
			t.Fatalf("before %s: %v", change, err)
		}
		d.exec(change)
		_, err := d.store.FindByDigest(t.Context(), d.digest)
		d.unknown(change, err)
		_, err = d.store.FindToken(t.Context(), d.token.ID)
		d.unknown(change, err)
	}
}

func TestAFormerSecretWhoseEndIsLostOpensNothing(t *testing.T) {
	d := newDamaged(t)
	e := d.entry(audit.TokenRotated)
	_, err := d.store.RotateToken(t.Context(), token.Rotation{
		TokenID: d.token.ID, Digest: sha256.Sum256([]byte("the next secret")), Hint: "bsat_next", At: e.At,
	}, e)
	must(t, err)
	former, err := d.store.FindByDigest(t.Context(), d.digest)
	must(t, err)
	if !errors.Is(former.Check(time.Now()), token.ErrRotated) {
		t.Fatal("a former secret is good")
	}
	d.exec("UPDATE secrets SET ends_at = NULL WHERE ends_at = 0")
	_, err = d.store.FindByDigest(t.Context(), d.digest)
	d.unknown("a lost end", err)
}

// A secret is bound to its token: no damage lets it open another one.
func TestASecretOpensNoOtherToken(t *testing.T) {
	d := newDamaged(t)
	other := d.token
	other.ID, other.Name = token.NewID(), "other"
	d.issue(other, sha256.Sum256([]byte("another secret")))
	d.exec("UPDATE secrets SET token_id = (SELECT max(id) FROM tokens)")
	_, err := d.store.FindByDigest(t.Context(), d.digest)
	d.unknown("the secret of another token", err)
}

// A change moves the checksum by what it changes, so it cannot make good what
// was damaged before.
func TestAChangeDoesNotMendADamagedRow(t *testing.T) {
	d := newDamaged(t)
	d.exec("UPDATE tokens SET scopes = 'catalog:write'")
	d.revoke() // whoever revokes is not held up
	_, err := d.store.FindToken(t.Context(), d.token.ID)
	d.unknown("a revoked record", err)

	d = newDamaged(t)
	must(t, d.disable())
	d.exec("UPDATE tokens SET disabled_at = NULL")
	d.revoke()
	_, err = d.store.FindToken(t.Context(), d.token.ID)
	d.unknown("a record that was disabled and revoked", err)
}

// Without its marks nobody knows what is revoked, so a server does not start.
func TestADamagedMarkIsNotRead(t *testing.T) {
	for _, change := range []string{
		"UPDATE marks SET owner = 'group:default/platforn'",
		"UPDATE marks SET owner = ''",
		"UPDATE marks SET kind = 'user'",
		"UPDATE marks SET workspace = 'acme'",
		"UPDATE marks SET not_before = not_before - 1",
		"UPDATE marks SET swept_at = 0",
	} {
		d := newDamaged(t)
		e := d.entry(audit.TokensRevoked)
		_, err := d.store.AddMark(t.Context(), token.Mark{
			ID: token.NewID(), Owner: d.token.Owner, NotBefore: e.At, CreatedAt: e.At, RevokedBy: d.by().Ref,
		}, e)
		must(t, err)
		if marks, err := d.store.Marks(t.Context()); err != nil || len(marks) != 1 {
			t.Fatalf("marks: %v, %v", marks, err)
		}
		d.exec(change)
		_, err = d.store.Marks(t.Context())
		d.unknown(change, err)
	}
}
