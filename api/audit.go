package api

import "time"

// Entry is one line of the audit log.
type Entry struct {
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	Action    string            `json:"action"`
	Outcome   string            `json:"outcome"` // allowed or refused
	Actor     string            `json:"actor,omitempty"`
	ActorType string            `json:"actorType,omitempty"`
	Via       string            `json:"via,omitempty"`
	TokenID   string            `json:"tokenId,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Owner     string            `json:"owner,omitempty"`
	Workspace string            `json:"workspace,omitempty"`
	Subject   string            `json:"subject,omitempty"`
	Name      string            `json:"name,omitempty"`
	Reason    string            `json:"reason,omitempty"`
	Details   map[string]string `json:"details,omitempty"`
	RequestID string            `json:"requestId,omitempty"`
	Address   string            `json:"address,omitempty"`
}

// EntryPage is a part of the log as people read it, newest first.
type EntryPage struct {
	Entries []Entry `json:"entries"`
	Total   int     `json:"total"`
	// Next is the value of the query parameter "before" that gives the page
	// behind this one; left out on the last page.
	Next string `json:"next,omitempty"`
}

// ExportEnd is the last line of an export. A stream without it was cut off,
// which a line count alone would not show.
type ExportEnd struct {
	End     bool  `json:"end"`
	Entries int64 `json:"entries"`
}

// LogHead is the end of the log: its signed checkpoint (C2SP tlog-checkpoint)
// and the keys that verify it, in the form of C2SP signed notes. The
// checkpoint is empty while the log is. Tampered is as in LogEntries.
type LogHead struct {
	Origin     string   `json:"origin"`
	Size       int64    `json:"size"`
	Root       []byte   `json:"root"`
	Checkpoint string   `json:"checkpoint"`
	Keys       []string `json:"keys"`
	Tampered   string   `json:"tampered,omitempty"`
}

// LogEntries is a run of entries in their stored form, by position. Tampered
// says that the stored rows contradict themselves; it is then the finding, and
// there is nothing else.
type LogEntries struct {
	Entries  []LogEntry `json:"entries"`
	Tampered string     `json:"tampered,omitempty"`
}

// LogEntry is an entry in its stored form. The body travels in base64: as a
// JSON string, bytes that are no UTF-8 would be replaced on the way and a
// change of the stored log could go unseen.
type LogEntry struct {
	Position int64  `json:"position"`
	Body     []byte `json:"body"`
}

// LogNodes is a run of stored hashes of the tree, by index. Tampered is as in
// LogEntries.
type LogNodes struct {
	Nodes    []LogNode `json:"nodes"`
	Tampered string    `json:"tampered,omitempty"`
}

// LogNode is one stored hash of the tree.
type LogNode struct {
	Index int64  `json:"index"`
	Hash  []byte `json:"hash"`
}

// LogProof shows that one entry is in the log of a signed checkpoint, without
// the other entries (RFC 6962 section 2.1.1).
type LogProof struct {
	Position   int64    `json:"position"`
	Entry      string   `json:"entry"`  // stored form of the entry
	Hashes     []string `json:"hashes"` // base64, leaf to root
	Checkpoint string   `json:"checkpoint"`
}
