package authority

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// MaxImportLines is how many tokens one import takes over. All of them are
	// made good by one transaction, during which nobody else can write to SQLite.
	MaxImportLines = 250_000
	importBatch    = 512 // lines that are kept aside at a time
)

// ImportSource gives the tokens of a file, in its order.
type ImportSource interface {
	// Next gives the next token, or io.EOF behind the last one. Any other error
	// ends the import: nothing of it is kept.
	Next() (ImportToken, error)
	// Origin says what was read, once Next gave io.EOF.
	Origin() ImportOrigin
}

// ImportOrigin says what was read: words for the log. Digest is SHA-256 of it.
type ImportOrigin struct {
	Format string
	Digest token.Digest
}

// ImportToken is a token that exists elsewhere. All fields but those of Request
// are as they are to be kept; zero times are absent, a zero CreatedAt is now.
type ImportToken struct {
	Request

	Line   int    // of the file, from 1
	ID     string // "" = a new one
	Digest token.Digest
	// Scrypt stands in place of Digest for personal tokens of Backstage. Of one
	// that has ended it may be zero, as nothing can be presented any more.
	Scrypt token.ScryptHash
	// Keyed says which digest it is, where the file tells: HMAC-SHA-256, or
	// SHA-256. nil means the one that tokens of this form have.
	Keyed *bool
	// Hint is the first characters of the raw token, for people; it says also
	// which form the token has where its kind has several.
	Hint       string
	CreatedBy  string
	CreatedAt  time.Time
	LastUsedAt time.Time
	RevokedAt  time.Time
	RevokedBy  string
	// History is what the log of the other system says of it.
	History string
}

// ImportReport says what an import did, or why it did nothing.
type ImportReport struct {
	Lines    int // that were read
	Imported int // all of them or 0
	Refused  []RefusedLine
	// Subjects lists tokens that speak for another subject than before.
	Subjects []ChangedSubject
}

// RefusedLine is a line that cannot be imported. What never holds a digest or a
// secret.
type RefusedLine struct {
	Line int
	ID   string // of the token, where the file names it
	What string
}

// ChangedSubject is a token whose owner was written otherwise than here.
type ChangedSubject struct {
	Line     int
	From, To token.Subject
}

// Import takes tokens over that exist elsewhere: all of a source in one
// transaction, or none. A dry run checks everything and changes nothing.
//
// Each becomes a record with an entry of its own in the log, under the rules by
// which tokens of its kind are issued. Those that have ended are taken over as
// such, so that their names stay used: their owner and scopes need not exist any
// more, since they can never be good again.
//
// Errors are about the import as a whole: token.ErrDenied, token.ErrInvalid,
// token.ErrUnavailable. A refused line is no error; see [ImportReport].
func (a *Authority) Import(ctx context.Context, by token.Principal, source ImportSource, dryRun bool) (ImportReport, error) {
	im := a.newImporting(by, a.Now())
	if _, err := a.decide(ctx, by, policy.Admin, attempt{entry: im.entry}); err != nil {
		return ImportReport{}, err
	}
	defer im.drop(ctx)
	if err := im.readAll(ctx, source); err != nil {
		return ImportReport{}, err
	}
	if err := im.findConflicts(ctx); err != nil {
		return ImportReport{}, err
	}
	if dryRun || len(im.report.Refused) > 0 || im.report.Lines == 0 {
		return im.report, nil
	}
	err := im.apply(ctx, source.Origin())
	return im.report, err
}

// apply makes everything good that was kept aside.
func (im *importing) apply(ctx context.Context, origin ImportOrigin) error {
	entry := im.entry.With("tokens", strconv.Itoa(im.Lines)).With("format", origin.Format).
		With("sha256", hex.EncodeToString(origin.Digest[:]))
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), im.Patience()+mutationDeadline)
	defer cancel()
	err := im.authority.opts.Store.ApplyImport(writing, im.Import, entry)
	switch {
	case errors.Is(err, token.ErrExists), errors.Is(err, token.ErrQuota):
		// Somebody was faster between the question and the answer.
		return token.NewError(token.ErrConflict, "A name, a token or a place was taken while the import ran; nothing was imported, run it again", err)
	case err != nil:
		return err
	}
	im.report.Imported = im.Lines
	for i := range im.digests {
		im.authority.opts.Listener(token.Change{Issued: &im.digests[i]})
	}
	return nil
}

// importing is an import under way.
type importing struct {
	token.Import

	authority *Authority // with a directory that remembers
	ended     *Authority // for tokens that have ended: every owner exists
	by        token.Principal
	entry     audit.Entry
	kinds     map[token.Kind]bool
	lines     []token.ImportLine // not kept aside yet
	entries   []audit.Entry
	digests   []token.Digest
	report    ImportReport
}

func (a *Authority) newImporting(by token.Principal, now time.Time) *importing {
	remembering, anything := *a, *a
	remembering.opts.Directory = &remembered{Directory: a.opts.Directory}
	anything.opts.Directory = everybody{}
	return &importing{
		Import:    token.Import{ID: token.NewID(), At: now},
		authority: &remembering, ended: &anything, by: by,
		entry: audit.NewEntry(audit.TokensImported, by, now), kinds: map[token.Kind]bool{},
	}
}

// readAll checks every token of the source, and keeps the good ones aside.
func (im *importing) readAll(ctx context.Context, source ImportSource) error {
	for {
		one, err := source.Next()
		if errors.Is(err, io.EOF) {
			return im.stage(ctx)
		}
		if err != nil {
			return err
		}
		if im.report.Lines++; im.report.Lines > MaxImportLines {
			return token.Invalid("one import takes at most " + strconv.Itoa(MaxImportLines) + " tokens; split the file")
		}
		if err := im.take(ctx, one); err != nil {
			return err
		}
		if len(im.lines) == importBatch {
			if err := im.stage(ctx); err != nil {
				return err
			}
		}
	}
}

// take checks one token. Its error is about the import as a whole.
func (im *importing) take(ctx context.Context, one ImportToken) error {
	t, err := im.check(ctx, &one)
	switch {
	case errors.Is(err, token.ErrInvalid):
		im.refuse(one, token.Message(err)+howToMend(err))
		return nil
	case err != nil:
		return err
	}
	rules, err := im.authority.Rules(t.Kind)
	if err != nil {
		return err
	}
	key := t.Name
	if said := contractOf(t.Kind); said.nameKey != nil {
		key = said.nameKey(t.Name)
	}
	im.lines = append(im.lines, token.ImportLine{
		Line: one.Line, New: token.New{Token: t, NameKey: key, Digest: one.Digest, Limits: rules.Limits}, Scrypt: one.Scrypt,
	})
	im.entries = append(im.entries, importEntry(im.by, t, one.History, im.At))
	if one.Digest != (token.Digest{}) {
		im.digests = append(im.digests, one.Digest)
	}
	return nil
}

// importEntry tells of one token, with what it was elsewhere.
func importEntry(by token.Principal, t token.Token, history string, now time.Time) audit.Entry {
	e := audit.NewEntry(audit.TokenImported, by, now).About(t).
		With("createdAt", t.CreatedAt.Format(time.RFC3339Nano)).With("createdBy", t.CreatedBy).
		With("expiresAt", t.ExpiresAt.Format(time.RFC3339Nano)).With("scopes", t.Scopes.String())
	if !t.RevokedAt.IsZero() {
		e = e.With("revokedAt", t.RevokedAt.Format(time.RFC3339Nano)).With("revokedBy", t.RevokedBy)
	}
	if history != "" {
		e = e.With("history", history)
	}
	return e
}

// stage keeps the lines aside that were checked.
func (im *importing) stage(ctx context.Context) error {
	if len(im.lines) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return token.Unavailable(err)
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	im.Lines += len(im.lines)
	err := im.authority.opts.Store.StageImport(ctx, im.ID, im.lines, im.entries)
	im.lines, im.entries = im.lines[:0], im.entries[:0]
	return err
}

// drop removes what was kept aside. What a failure leaves behind the next
// import removes.
func (im *importing) drop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), im.Patience())
	defer cancel()
	_ = im.authority.opts.Store.DropImport(ctx, im.Import)
}

func (im *importing) refuse(one ImportToken, what string) {
	im.report.Refused = append(im.report.Refused, RefusedLine{Line: one.Line, ID: cleanID(one.ID), What: what})
}

// note remembers a token that will speak for another subject than before.
func (im *importing) note(line int, before, now token.Subject) {
	if before != now {
		im.report.Subjects = append(im.report.Subjects, ChangedSubject{line, before, now})
	}
}

// createdBy names the importer where the file names nobody.
func (im *importing) createdBy(named string) string { return cmp.Or(named, im.by.Ref) }
