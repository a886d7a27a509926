package admin

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/intake"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// importTokens takes tokens over from elsewhere. The body is read as it comes
// in; what is good is kept aside until all of it was read.
func (s surface) importTokens(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	dry := q.text("dryRun")
	if dry != "" && dry != "true" && dry != "false" {
		q.fail("dryRun must be true or false")
	}
	if q.err != nil {
		return q.err
	}
	body, err := r.Stream("application/jsonl")
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, intake.MaxLine)
	report, err := s.Authority.Import(r.Context(), r.Principal, &importStream{lines: lines}, dry == "true")
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.Import{
		DryRun: dry == "true", Lines: report.Lines, Imported: report.Imported,
		Refused:  each(report.Refused, func(l authority.RefusedLine) api.ImportRefused { return api.ImportRefused(l) }),
		Subjects: each(report.Subjects, wireSubject),
	})
}

func wireSubject(c authority.ChangedSubject) api.ImportSubject {
	return api.ImportSubject{Line: c.Line, From: string(c.From), To: string(c.To)}
}

// importStream is the body of an import. It implements authority.ImportSource.
type importStream struct {
	lines  *bufio.Scanner
	n      int
	origin authority.ImportOrigin
}

// Next implements authority.ImportSource. A body without its last line was cut
// off: nothing of it may be imported.
func (s *importStream) Next() (authority.ImportToken, error) {
	if !s.lines.Scan() {
		if err := s.lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
			return authority.ImportToken{}, err
		}
		return authority.ImportToken{}, token.Invalid("the body is cut off, or has a line of more than 64 KiB; nothing was imported")
	}
	if bytes.HasPrefix(s.lines.Bytes(), []byte(`{"end":`)) {
		return authority.ImportToken{}, s.end()
	}
	s.n++
	line, err := intake.ParseLine(s.lines.Bytes(), true)
	if line.Line == 0 {
		line.Line = s.n
	}
	return importToken(line, err), nil
}

// end reads the last line, and gives io.EOF.
func (s *importStream) end() error {
	var end api.ImportEnd
	err := json.Unmarshal(s.lines.Bytes(), &end)
	sum, sumErr := hex.DecodeString(end.SHA256)
	switch {
	case err != nil, !end.End, sumErr != nil, len(sum) != token.DigestSize,
		!slices.Contains([]string{"jsonl", "csv", "primedx", "primedx-personal"}, end.Format):
		return token.Invalid("the last line must have end, lines, format and sha256; nothing was imported")
	case end.Lines != s.n || s.lines.Scan():
		return token.Invalid("the last line does not count the lines before it, or something follows it; nothing was imported")
	}
	s.origin = authority.ImportOrigin{Format: end.Format, Digest: token.Digest(sum)}
	return io.EOF
}

// Origin implements authority.ImportSource.
func (s *importStream) Origin() authority.ImportOrigin { return s.origin }

// importToken gives a line the types of the domain; fault is why it could not be
// read.
func importToken(line api.ImportLine, fault error) authority.ImportToken {
	kind, err := token.ParseKind(line.Kind)
	if fault == nil {
		fault = err
	}
	out := authority.ImportToken{
		Line: line.Line, ID: line.ID, Hint: line.Hint,
		CreatedBy: line.CreatedBy, CreatedAt: line.CreatedAt, LastUsedAt: line.LastUsedAt,
		RevokedAt: line.RevokedAt, RevokedBy: line.RevokedBy, History: line.History,
		Request: authority.Request{
			Kind: kind, Name: line.Name, Description: line.Description, Owner: line.Owner, Scopes: line.Scopes,
			Expiry: authority.Expiry{At: line.ExpiresAt}, Fault: fault,
		},
	}
	if fault == nil {
		out.Fault = readDigest(line, &out)
	}
	return out
}

// readDigest fills in by what the token will be recognised. What is read here
// was read as a line before.
func readDigest(line api.ImportLine, out *authority.ImportToken) (err error) {
	switch line.Algorithm {
	case intake.AlgorithmScrypt:
		if line.Digest != "" {
			out.Scrypt, err = token.ParseScryptHash(line.Digest)
		}
		return err
	case "":
	default:
		keyed := line.Algorithm == intake.AlgorithmHMAC
		out.Keyed = &keyed
	}
	out.Digest, err = intake.ParseDigest(line.Digest)
	return err
}
