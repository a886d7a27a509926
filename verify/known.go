package verify

import (
	"errors"

	"github.com/tokenwright/tokenwright/token"
)

// known names the token of a record as one whose use was refused; nil when there
// is no record, or nobody wants to know.
func (v *Verifier) known(t *token.Token) *token.Use {
	if v.opts.Refused == nil || t.ID == "" {
		return nil
	}
	return &token.Use{TokenID: t.ID, Kind: t.Kind, Refused: true, Former: !t.SecretEndsAt.IsZero()}
}

// knownProof is known for a credential that was good until something about it
// was not. It is called on the way to a refusal alone, and may allocate.
func (v *Verifier) knownProof(found *Verified) *token.Use {
	if v.opts.Refused == nil || !found.isKept() {
		return nil
	}
	return &token.Use{TokenID: found.TokenID(), Kind: found.Kind(), Refused: true, Former: found.Former()}
}

// refuse tells of a refused use.
func (v *Verifier) refuse(known *token.Use, err error) {
	if known != nil && !errors.Is(err, token.ErrUnavailable) {
		v.opts.Refused(*known)
	}
}
