package token

import "time"

// KeyUse says what a signing key is for. A key signs for one use only, so
// that an artefact of one sort can never pass for another.
type KeyUse string

// The uses.
const (
	KeyUseAccess KeyUse = "access" // access JWTs, ES256
	KeyUseLog    KeyUse = "log"    // checkpoints of the audit log, Ed25519
	// KeyUseWorkspace is for workspace tokens, HS256: a secret, of which there
	// is no public part.
	KeyUseWorkspace KeyUse = "workspace"
)

// KeyUses lists the uses in their documented order.
func KeyUses() []KeyUse { return []KeyUse{KeyUseAccess, KeyUseLog, KeyUseWorkspace} }

// KeyRecord is the stored record of one signing key. All nodes of an
// installation share these records. The private part is there only sealed,
// under a key that is kept outside the store. Times are UTC in microseconds; a
// zero time means "not".
type KeyRecord struct {
	KID       string // unique among all uses; never used again
	Use       KeyUse
	Algorithm string // JWA name: "ES256", "EdDSA" or "HS256"
	Public    []byte // SubjectPublicKeyInfo, DER (RFC 5280); empty for a secret
	// Sealed is the encrypted private part. It is erased when the key is
	// removed; Public stays, since old signatures still have to be explained.
	Sealed    []byte
	CreatedBy string // ref of the principal
	CreatedAt time.Time
	// RetiredAt is the instant from which the key signs no more. It may lie
	// ahead. What was signed before stays good until it expires.
	RetiredAt time.Time
	// RemovedAt is the instant from which nothing signed by the key is good.
	RemovedAt time.Time
}
