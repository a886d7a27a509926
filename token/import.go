package token

import "time"

// ImportLine is one token of a file that is imported, as it will be kept.
type ImportLine struct {
	Line int // of the file, from 1
	New  New
	// Scrypt stands in place of New.Digest; zero: there is none. Of a token that
	// has ended both may be zero.
	Scrypt ScryptHash
}

// Import is an import whose lines are kept aside already, under its ID.
type Import struct {
	ID string // UUID version 7
	At time.Time
	// Lines is how many there are.
	Lines int
	// Kinds has the limits of every kind that a line has.
	Kinds []KindLimits
}

// Patience is how long the one transaction that makes all lines good may take:
// several times as long as it does on a busy machine with two cores.
func (i Import) Patience() time.Duration {
	return 30*time.Second + time.Duration(i.Lines)*time.Millisecond
}

// KindLimits are the limits of one kind.
type KindLimits struct {
	Kind   Kind
	Limits Limits
}

// Conflict is why a line cannot be imported beside what is stored, or beside
// another line.
type Conflict string

// The conflicts.
const (
	ConflictDigestStored   Conflict = "digest stored"
	ConflictIDStored       Conflict = "id stored"
	ConflictNameStored     Conflict = "name stored"
	ConflictDigestRepeated Conflict = "digest repeated"
	ConflictIDRepeated     Conflict = "id repeated"
	ConflictNameRepeated   Conflict = "name repeated"
	ConflictQuota          Conflict = "quota"
)

// LineConflict is a conflict of a line.
type LineConflict struct {
	Line     int
	Conflict Conflict
}
