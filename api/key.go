package api

import "time"

// Key is a signing key, without its private part.
type Key struct {
	KID       string    `json:"kid"`
	Use       string    `json:"use"` // access or log
	Algorithm string    `json:"algorithm"`
	CreatedBy string    `json:"createdBy"`
	CreatedAt time.Time `json:"createdAt"`
	RetiredAt time.Time `json:"retiredAt,omitzero"`
	RemovedAt time.Time `json:"removedAt,omitzero"`
}

// Keys is the list of signing keys, newest first.
type Keys struct {
	Keys []Key `json:"keys"`
}

// KeyRequest names a key to retire or remove, or the use for which a key is rotated.
type KeyRequest struct {
	KID string `json:"kid,omitempty"`
	Use string `json:"use,omitempty"`
}
