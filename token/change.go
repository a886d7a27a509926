package token

// Change is what a verifier has to learn from one entry of the log: which
// records it may no longer use. The fields are independent of each other.
type Change struct {
	// TokenID names a token whose record changed in any way: revoked,
	// disabled, enabled, rotated, narrowed.
	TokenID string
	// Issued is the digest of a secret that is now known; it ends a negative
	// answer about it.
	Issued *Digest
	// Mark is a new not-before mark.
	Mark *Mark
	// Client is the id of a client that was removed: all that came out of what
	// people let it do has ended.
	Client string
	// Keys is true when signing keys changed.
	Keys bool
	// Peers is true when a peer was switched off or on.
	Peers bool
	// Policy is true when roles, users, groups or workspaces changed.
	Policy bool
}
