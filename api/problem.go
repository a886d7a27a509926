package api

// Problem is the body of every answer that is not a success (RFC 9457).
type Problem struct {
	// Type names the meaning of the error; see the Problem constants.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// RequestID is the value of the X-Request-Id header, for the operator's
	// log.
	RequestID string `json:"requestId,omitempty"`
}
