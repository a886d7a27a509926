package store

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// A file can be damaged so that the database does not notice: a byte of a
// subject, or the NULL of a time. So each row that decides whether a token is
// good has a checksum, which is written with it and compared before anything is
// answered from it (K-05).
//
// It is a sum. What never changes is hashed; each time that can change is added
// with a weight of its own, and -1 where it is absent. So a statement that
// changes a time moves the checksum by the difference, without reading the row
// first, and a row that was damaged before stays damaged: the difference is the
// same. This is against damage. Whoever can write to the database can write a
// checksum too, and is found by the log.

// ErrDamaged says that a row is not as it was written. It comes with
// token.ErrUnavailable: what the row would decide is not known.
var ErrDamaged = errors.New("store: a row is damaged: restore the database from a backup")

// The weights of times that can change; store/queries has them too. With times
// up to the year 9999 no sum leaves 63 bits.
const (
	weightDisabled = 3
	weightRevoked  = 5
)

// Checksums gives what the columns checksum of the tables tokens and secrets
// have for a new token, for programs that fill these tables by themselves.
func Checksums(t token.Token, d token.Digest) (record, secret int64) {
	return rowOf(t, sql.NullString{}).Checksum, secretChecksum(d[:], t.ID, micros(t.CreatedAt), sql.NullInt64{})
}

func recordChecksum(r *db.TokenRecord) int64 {
	return hashed(r.CreatedAt, "token", r.ID, r.Family, r.Kind, r.Name, r.Owner, r.Workspace, r.Subject, r.Scopes, r.CreatedBy) +
		r.ExpiresAt + weightDisabled*orAbsent(r.DisabledAt) + weightRevoked*orAbsent(r.RevokedAt)
}

func secretChecksum(digest []byte, tokenID string, createdAt int64, endsAt sql.NullInt64) int64 {
	return hashed(createdAt, "secret", string(digest), tokenID) + orAbsent(endsAt)
}

func scryptChecksum(hash []byte, tokenID string, createdAt int64) int64 {
	return hashed(createdAt, "scrypt", string(hash), tokenID)
}

func markChecksum(m *db.Mark) int64 {
	return hashed(m.CreatedAt, "mark", m.ID, m.Owner, m.Workspace, m.Kind, m.RevokedBy) + m.NotBefore + orAbsent(m.SweptAt)
}

func removedChecksum(c *db.RemovedClient) int64 {
	return hashed(c.RemovedAt, "removed client", c.Client, c.RemovedBy, c.ActorType)
}

// hashed gives 62 bits of the SHA-256 of a time and of texts, each behind its
// length.
func hashed(at int64, texts ...string) int64 {
	var room [1024]byte // on the stack: this is a part of every cold verification
	all := binary.BigEndian.AppendUint64(room[:0], uint64(at))
	for _, text := range texts {
		all = binary.AppendUvarint(all, uint64(len(text)))
		all = append(all, text...)
	}
	sum := sha256.Sum256(all)
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 2)
}

// orAbsent gives a time that may be absent as it is summed.
func orAbsent(at sql.NullInt64) int64 {
	if !at.Valid {
		return -1
	}
	return at.Int64
}

// intactRecord refuses a damaged record. Its columns must be those of the row,
// without what a mark adds.
func intactRecord(r *db.TokenRecord) error {
	if recordChecksum(r) == r.Checksum {
		return nil
	}
	return damaged("token", r.ID)
}

func intactSecret(r *db.FindByDigestRow) error {
	if secretChecksum(r.Digest, r.ID, r.SecretCreatedAt, r.EndsAt) == r.SecretChecksum {
		return nil
	}
	return damaged("secret of token", r.ID)
}

func intactMark(m *db.Mark) error {
	if markChecksum(m) == m.Checksum {
		return nil
	}
	return damaged("mark", m.ID)
}

// damaged is logged where the request ends, and told to nobody outside.
func damaged(what, id string) error {
	return token.Unavailable(fmt.Errorf("%w: %s %q", ErrDamaged, what, cmp.Or(id, "without an id")))
}
