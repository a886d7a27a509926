package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Encode gives the stored form: one line of JSON with the members in their
// fixed order. It is what the tree hashes. Bytes that are not UTF-8 become
// U+FFFD: a refusal must be recorded whatever the refused request held (H-05).
//
// Of a refusal no text is longer than 256 bytes: what was refused was checked by
// nobody, and whoever may do nothing must not be able to fill the log (I-06).
func (e Entry) Encode() ([]byte, error) {
	if e.Outcome == Refused {
		e = e.each(shortened)
	}
	return e.encode()
}

func (e Entry) encode() ([]byte, error) {
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e = e.each(func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") })
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("audit: encode entry: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// shortened gives a text in at most 256 bytes. A letter that is cut in two goes
// with the rest.
func shortened(s string) string {
	const most, sign = 256, "…"
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-len(sign)], "") + sign
}

// each gives the entry with every text of it changed.
func (e Entry) each(change func(string) string) Entry {
	for _, p := range []*string{
		&e.ID, (*string)(&e.Action), (*string)(&e.Outcome), &e.Actor, &e.ActorType, &e.Via, &e.TokenID,
		(*string)(&e.Kind), &e.Owner, &e.Workspace, &e.Subject, &e.Name, &e.Reason, &e.RequestID, &e.Address,
	} {
		*p = change(*p)
	}
	if e.Details != nil {
		details := make(map[string]string, len(e.Details))
		for k, v := range e.Details {
			details[change(k)] = change(v)
		}
		e.Details = details
	}
	return e
}

// Decode reads the stored form. A form that Encode would not write is an
// error: every accepted entry has exactly one spelling. How long its texts are
// does not matter: entries are kept as they were written, whatever was the
// longest then.
func Decode(body []byte) (Entry, error) {
	var e Entry
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return Entry{}, fmt.Errorf("audit: entry cannot be read: %w", err)
	}
	again, err := e.encode()
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, body) {
		return Entry{}, fmt.Errorf("audit: entry is not in its stored form")
	}
	return e, nil
}
