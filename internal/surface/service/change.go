package service

import (
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

func (h handlers) rotate(w http.ResponseWriter, r *web.Request) error {
	fields, err := readFields(r, "overlapSeconds", "expiresAt", "expiresInDays")
	if err != nil {
		return err
	}
	overlap, err := fields.overlap()
	if err != nil {
		return err
	}
	issued, err := h.authority.Rotate(r.Context(), r.Principal, authority.RotateRequest{
		Kind: token.KindService, TokenID: r.PathValue("id"), Overlap: overlap, Expiry: fields.expiry(),
	})
	if err != nil {
		return err
	}
	return h.writeIssued(w, http.StatusOK, issued)
}

// overlap reads how long the former secret stays good. The number is compared
// before it is multiplied: as nanoseconds a large one would turn negative
// (trap T-08).
func (f fields) overlap() (time.Duration, error) {
	value, ok := f.find("overlapSeconds")
	if !ok {
		return 0, nil
	}
	seconds, ok := value.Integer()
	if !ok || seconds > int64(authority.MaxOverlap/time.Second) {
		return 0, token.Invalid("overlapSeconds must be a whole number from 0 to 604800")
	}
	return time.Duration(seconds) * time.Second, nil
}

func (h handlers) revoke(w http.ResponseWriter, r *web.Request) error {
	fields, err := readFields(r, "reason")
	if err != nil {
		return err
	}
	reason, err := fields.reason()
	if err != nil {
		return err
	}
	_, err = h.authority.Revoke(r.Context(), r.Principal, token.KindService,
		token.Revocation{TokenID: r.PathValue("id"), Reason: reason})
	if err != nil {
		return err
	}
	return web.WriteEmpty(w, http.StatusNoContent)
}

func (f fields) reason() (string, error) {
	value, ok := f.find("reason")
	if !ok {
		return "", nil
	}
	reason, ok := value.Text()
	if !ok {
		return "", token.Invalid("reason must be a string")
	}
	return reason, nil
}
