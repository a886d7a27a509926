package api

import "time"

// Status is what the running server knows of its own health.
type Status struct {
	Version   string    `json:"version"`
	StartedAt time.Time `json:"startedAt"`
	Now       time.Time `json:"now"` // the server's clock
	PublicURL string    `json:"publicUrl"`
	Checks    []Check   `json:"checks"`
}

// Checks is what the server found when it read through its data.
type Checks struct {
	Checks []Check `json:"checks"`
}

// Check is one thing the server looked at.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Warning is true when it still works and should be mended all the same.
	Warning bool `json:"warning,omitempty"`
	// Message says what was found, Mend what to do about it.
	Message string `json:"message,omitempty"`
	Mend    string `json:"mend,omitempty"`
}
