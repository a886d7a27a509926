package wire

import "time"

// Timestamp is written YYYY-MM-DDTHH:mm:ss.sssZ: always three decimals,
// always UTC. What is finer is cut off.
type Timestamp time.Time

// MarshalText implements encoding.TextMarshaler.
func (t Timestamp) MarshalText() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z"), nil
}

// OptionalTime gives nil for the zero time.
func OptionalTime(t time.Time) *Timestamp {
	if t.IsZero() {
		return nil
	}
	out := Timestamp(t)
	return &out
}

// OptionalText gives nil for "".
func OptionalText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
