package api

import "time"

// ImportLine is a token that exists elsewhere, one line of the body of an
// import (application/jsonl). The last line of the body is an [ImportEnd].
// Files that people write have the same members, without Line.
type ImportLine struct {
	Line int `json:"line"` // of the file, from 1
	// ID is a UUID in lower case; left out, the token gets a new one.
	ID   string `json:"id,omitempty"`
	Kind string `json:"kind"` // service, user or personal
	// Digest is the digest of the whole raw token, prefix included: 64
	// hexadecimal digits, or 43 characters of base64url; with the algorithm
	// scrypt what Backstage keeps, or "" for a token that is revoked.
	Digest string `json:"digest"`
	// Algorithm is sha256 or hmac-sha256, which is compared with what the
	// server's configuration says of tokens of this form; or, for personal
	// tokens of Backstage, scrypt.
	Algorithm string `json:"algorithm,omitempty"`
	// Hint is at most the first 12 characters of the raw token.
	Hint        string `json:"hint,omitempty"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"` // of service tokens; default the name
	Owner       string `json:"owner"`                 // group ref of a service token, else user ref
	// Scopes may be left out of personal tokens, which then may do whatever their
	// person may.
	Scopes    []string `json:"scopes,omitzero"`
	CreatedBy string   `json:"createdBy,omitempty"` // default who imports
	// Times are RFC 3339. Without ExpiresAt a token gets the default lifetime
	// of its kind, from now.
	CreatedAt  time.Time `json:"createdAt,omitzero"`
	ExpiresAt  time.Time `json:"expiresAt,omitzero"`
	LastUsedAt time.Time `json:"lastUsedAt,omitzero"`
	RevokedAt  time.Time `json:"revokedAt,omitzero"`
	RevokedBy  string    `json:"revokedBy,omitempty"`
	// History is what the log of the other system says of the token, at most
	// 16 KiB; it is kept in the entry of the import.
	History string `json:"history,omitempty"`
}

// ImportEnd is the last line of an import. A body without it was cut off, and
// nothing of it is imported.
type ImportEnd struct {
	End   bool `json:"end"`   // true
	Lines int  `json:"lines"` // before this one
	// Format and SHA256 say in the audit log what was read: "jsonl", "csv",
	// "primedx" or "primedx-personal", and 64 hexadecimal digits.
	Format string `json:"format"`
	SHA256 string `json:"sha256"`
}

// Import says what an import did. When a line is refused nothing is imported.
type Import struct {
	DryRun   bool            `json:"dryRun,omitempty"`
	Lines    int             `json:"lines"`
	Imported int             `json:"imported"`
	Refused  []ImportRefused `json:"refused"` // in the order of the file
	// Subjects lists the tokens that speak for another subject than before,
	// because their owner was written in another spelling.
	Subjects []ImportSubject `json:"subjects"`
}

// ImportRefused is a line that cannot be imported, with what is wrong and how it
// is mended.
type ImportRefused struct {
	Line int    `json:"line"`
	ID   string `json:"id,omitempty"` // of the token, where it has one already
	What string `json:"what"`
}

// ImportSubject is a token whose subject changes.
type ImportSubject struct {
	Line int    `json:"line"`
	From string `json:"from"`
	To   string `json:"to"`
}

// MaxImportLines is how many tokens one import takes.
const MaxImportLines = 250_000
