package jwt

import (
	"context"

	"github.com/tokenwright/tokenwright/token"
)

// Opened is a token whose signature was found good. Nothing is known yet about
// what it claims.
type Opened struct {
	Header  Header
	Key     Key    // the key that verified it
	Payload []byte // decoded
}

// Open checks length, shape, header and signature, and nothing else.
// maxLength is in bytes; 0 means DefaultMaxLength, and more than
// LongestMaxLength means LongestMaxLength.
//
// Every key that the source gives for the token's kid is tried as long as its
// algorithm equals the header's. Errors: token.ErrMalformed, token.ErrSignature
// (also when there is no such key), or the error of the source.
func Open(ctx context.Context, raw string, keys KeySource, maxLength int) (Opened, error) {
	if maxLength <= 0 {
		maxLength = DefaultMaxLength
	}
	parts, err := split(raw, min(maxLength, LongestMaxLength))
	if err != nil {
		return Opened{}, err
	}
	header, err := parseHeader(parts.header)
	if err != nil {
		return Opened{}, err
	}
	found, err := keys.FindKeys(ctx, header.KeyID)
	if err != nil {
		return Opened{}, err
	}
	for _, key := range found {
		// The header does not choose the algorithm. It has to agree with the
		// only one the key has.
		if key.alg != header.Algorithm || !key.verifies(parts.signed, parts.signature) {
			continue
		}
		payload, err := decodeBase64(parts.payload)
		if err != nil {
			return Opened{}, err
		}
		return Opened{header, key, payload}, nil
	}
	return Opened{}, refuse(token.ErrSignature, "no configured key of that kid and algorithm made it")
}

// UnverifiedHeader gives the header of a token before anything was verified,
// and thereby checks length and shape as Open does. Its only use is to choose
// which rules a token is to be verified by. maxLength is that of [Open]. The
// errors are token.ErrMalformed and token.ErrAlgorithm.
func UnverifiedHeader(raw string, maxLength int) (Header, error) {
	if maxLength <= 0 {
		maxLength = DefaultMaxLength
	}
	parts, err := split(raw, min(maxLength, LongestMaxLength))
	if err != nil {
		return Header{}, err
	}
	return parseHeader(parts.header)
}

// UnverifiedPayload gives the decoded payload of a token before anything was
// verified. Its only use is to choose, by one claim of it, a KeySource among
// the configured ones; that claim is to be compared again once [Open] has
// verified the token. The errors are token.ErrMalformed.
func UnverifiedPayload(raw string, maxLength int) ([]byte, error) {
	parts, err := split(raw, min(maxLength, LongestMaxLength))
	if err != nil {
		return nil, err
	}
	return decodeBase64(parts.payload)
}

// UnverifiedIssuer gives the iss of a token before anything was verified. Its
// only use is to choose the KeySource of that issuer among the configured
// ones; [Verify] then compares iss again. The errors are token.ErrMalformed.
func UnverifiedIssuer(raw string) (string, error) {
	payload, err := UnverifiedPayload(raw, LongestMaxLength)
	if err != nil {
		return "", err
	}
	claims, err := ParseClaims(payload)
	if err != nil {
		return "", err
	}
	return claims.Issuer, nil
}
