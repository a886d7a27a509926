package verify

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// record is what is kept of a credential for whoever wants to know more than
// that it is good, in one string without pointers:
//
//	created    8 bytes, Unix time in µs
//	expires    8 bytes, the same
//	flags      1 byte: 1, the id is packed into 16 bytes; 2, the secret is a former one
//	fields     how many, as a varint
//	per field  offset and length in the text, as two varints
//	text
//
// Fields that stand inside a former one share its text: the subject of a
// service token has its group and its name inside. Together with the scopes,
// which are shared by all tokens that have the same, a million records need
// neither a gigabyte nor the attention of the garbage collector.
type record string

// The fields, in the order in which they are written. Empty ones at the end
// are left out. What follows them is the audience, one field each.
const (
	fieldSubject = iota
	fieldID
	fieldName
	fieldOwner
	fieldWorkspace
	fieldIssuer
	fieldClientID
	fieldSession
	fieldAudience
)

const (
	packedID   = 1
	formerOne  = 2
	recordHead = 17
)

// claims are what only JWTs, and credentials of peers, have.
type claims struct {
	issuer, clientID, session string
	audience                  []string
	narrowed                  bool              // it names its scopes
	limits                    peer.Restrictions // of peers alone
	ends                      time.Time
}

// packRecord appends a record to buf.
func packRecord(buf []byte, t *token.Token, c *claims) []byte {
	var id [16]byte
	fields := [fieldAudience]string{
		string(t.Subject), t.ID, t.Name, t.Owner, t.Workspace, c.issuer, c.clientID, c.session,
	}
	n := len(fields) + len(c.audience)
	for n > 0 && len(c.audience) == 0 && fields[n-1] == "" {
		n--
	}
	head := byte(0)
	if packID(&id, t.ID) {
		fields[fieldID], head = string(id[:]), packedID
	}
	if !t.SecretEndsAt.IsZero() {
		head |= formerOne
	}
	buf = binary.LittleEndian.AppendUint64(buf, uint64(t.CreatedAt.UnixMicro()))
	buf = binary.LittleEndian.AppendUint64(buf, uint64(t.ExpiresAt.UnixMicro()))
	buf = append(buf, head)
	buf = binary.AppendUvarint(buf, uint64(n))
	var space [512]byte
	text := space[:0]
	for i := range n {
		var field string
		if i < len(fields) {
			field = fields[i]
		} else {
			field = c.audience[i-len(fields)]
		}
		at := bytes.Index(text, []byte(field))
		if at < 0 {
			at = len(text)
			text = append(text, field...)
		}
		buf = binary.AppendUvarint(buf, uint64(at))
		buf = binary.AppendUvarint(buf, uint64(len(field)))
	}
	return append(buf, text...)
}

// packID packs a UUID into 16 bytes, if id is its canonical form: lower-case
// hexadecimal with four hyphens.
func packID(into *[16]byte, id string) bool {
	if len(id) != 36 {
		return false
	}
	digits := 0
	for i := range len(id) {
		c := id[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
			continue
		}
		if c >= 'A' && c <= 'F' || unhex(c) > 15 {
			return false
		}
		into[digits/2] = into[digits/2]<<4 | unhex(c)
		digits++
	}
	return true
}

// field gives a field without copying it; one that is not there is "".
func (r record) field(i int) string {
	if r == "" {
		return ""
	}
	n, text := varint(string(r[recordHead:]))
	if uint64(i) >= n {
		return ""
	}
	var at, length uint64
	for k := range n {
		var offset, size uint64
		offset, text = varint(text)
		size, text = varint(text)
		if k == uint64(i) {
			at, length = offset, size
		}
	}
	return text[at : at+length]
}

// varint reads what binary.AppendUvarint wrote.
func varint(s string) (value uint64, rest string) {
	for shift := 0; ; shift += 7 {
		c := s[0]
		s = s[1:]
		value |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return value, s
		}
	}
}

// id gives the token's id.
func (r record) id() string {
	id := r.field(fieldID)
	if id == "" || r[recordHead-1]&packedID == 0 {
		return id
	}
	return uuid.UUID([]byte(id)).String()
}

// audience gives a copy of the audience.
func (r record) audience() []string {
	if r == "" {
		return nil
	}
	var list []string
	n, _ := varint(string(r[recordHead:]))
	for i := fieldAudience; i < int(n); i++ {
		list = append(list, r.field(i))
	}
	return list
}

func (r record) createdAt() time.Time { return r.time(0) }
func (r record) expiresAt() time.Time { return r.time(8) }

func (r record) time(at int) time.Time {
	if r == "" {
		return time.Time{}
	}
	var micros uint64
	for i := range 8 {
		micros |= uint64(r[at+i]) << (8 * i)
	}
	return time.UnixMicro(int64(micros)).UTC()
}
