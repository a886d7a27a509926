package token

import "strings"

// minJWTSignature is the length of the shortest signature of a JWT of ours, an
// HMAC-SHA-256, in base64url.
const minJWTSignature = 43

// HoldsSecret reports whether text holds what is, or may be, a live token: an
// opaque token of any prefix with its checksum, a refresh token, or a compact
// JWS. People paste
// tokens where names and searches go, and what is stored or searched for is
// then read by many (rows B-06, B-07). Text for people is asked before it
// reaches a store; see [CheckText].
//
// What merely looks similar has no checksum and is let pass. The cost is
// linear in the text.
func HoldsSecret(text string) bool { return holdsOpaque(text) || holdsRefresh(text) || holdsJWT(text) }

// CheckText gives an ErrInvalid when text is not [ValidText] or holds a token.
// field begins the message; the text is never part of it.
func CheckText(field, text string) error { return Formats{}.CheckText(field, text) }

// CheckText is the function of that name, and knows imported tokens too.
func (f Formats) CheckText(field, text string) error {
	switch {
	case !ValidText(text):
		return Invalid(field + " contains characters that are not allowed")
	case f.HoldsSecret(text):
		return Invalid(field + " contains a token, which nobody may read there; take it out, and rotate or revoke it if others have seen it")
	}
	return nil
}

// HoldsSecret is the function of that name, and knows imported tokens too. They
// have no checksum: whatever looks like one of a configured form is taken for
// one, wherever in the text it stands.
func (f Formats) HoldsSecret(text string) bool { return HoldsSecret(text) || f.holdsImported(text) }

func (f Formats) holdsImported(text string) bool {
	for i := range f.list {
		form := f.list[i].imported
		if form == nil {
			continue
		}
		for rest := text; ; {
			_, behind, found := strings.Cut(rest, f.list[i].lead)
			if !found {
				break
			}
			if len(behind) >= form.Length && form.holds(behind[:form.Length]) {
				return true
			}
			rest = behind
		}
	}
	return false
}

// holdsOpaque looks behind every underscore, where the random part would be.
// The checksum covers the prefix, so it also says where that begins.
func holdsOpaque(text string) bool {
	const body = RandomLength + ChecksumLength
	for i := range len(text) {
		end := i + 1 + body
		if text[i] != '_' || end > len(text) || !isBase62(text[i+1:end]) {
			continue
		}
		for from := i - minPrefix; from >= max(0, i-maxPrefix); from-- {
			if ValidPrefix(text[from:i]) && hasChecksum(text[from:end]) {
				return true
			}
		}
	}
	return false
}

// holdsRefresh looks around every dot for a UUID and as many random characters
// as a refresh token has. Nothing else is written like that.
func holdsRefresh(text string) bool {
	for i := range len(text) {
		if text[i] != '.' || i < refreshIDLength || i+refreshRandomLength >= len(text) {
			continue
		}
		if isRefresh(text[i-refreshIDLength : i+1+refreshRandomLength]) {
			return true
		}
	}
	return false
}

// isRefresh is [ParseRefresh] with a look at one character before it: it is
// asked about every credential.
func isRefresh(raw string) bool {
	if len(raw) != RefreshLength || raw[refreshIDLength] != '.' {
		return false
	}
	_, ok := ParseRefresh(raw)
	return ok
}

// holdsJWT looks for two JSON objects and a signature. The base64url form of
// an object begins with "eyJ", because its text begins with `{"`.
func holdsJWT(text string) bool {
	const object = "eyJ"
	for {
		i := strings.Index(text, object)
		if i < 0 {
			return false
		}
		text = text[i:]
		header := base64urlRun(text)
		claims := strings.TrimPrefix(text[header:], ".")
		if header < len(text) && len(claims) < len(text)-header && strings.HasPrefix(claims, object) {
			n := base64urlRun(claims)
			signature := strings.TrimPrefix(claims[n:], ".")
			if len(signature) < len(claims)-n && base64urlRun(signature) >= minJWTSignature {
				return true
			}
		}
		text = text[header:]
	}
}

// base64urlRun gives the length of the base64url characters that s begins with.
func base64urlRun(s string) int {
	for i := range len(s) {
		if c := s[i]; !alnum(c) && c != '-' && c != '_' {
			return i
		}
	}
	return len(s)
}
