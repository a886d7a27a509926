package api

// Problem is the body of every answer that is not a success (RFC 9457).
type Problem struct {
	// Type names what went wrong; see ProblemLead.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// RequestID is the value of the X-Request-Id header, for the operator's
	// log.
	RequestID string `json:"requestId,omitempty"`
}

// ProblemLead is what every type of a problem begins with. Behind it stands a
// meaning (invalid, unauthenticated, denied, not_found, conflict, limited,
// unavailable, fault) or, for a conflict and where a caller can act on it, the
// reason (name_taken, quota, already_revoked, has_expired, is_disabled,
// exists, last_administrator, many_credentials, tokens_do_not_issue_tokens).
const ProblemLead = "urn:tokenwright:problem:"
