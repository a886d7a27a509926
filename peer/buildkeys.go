package peer

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// keys takes over the shared secrets.
func (b *builder) keys(list []Key) {
	for i, one := range list {
		place := one.at("peer.keys", i)
		if one.Name == "" && (one.Subject != "" || len(one.Scopes)+len(one.Restrictions) > 0 || one.Unrestricted) {
			b.fault(place, "a key without a name speaks as "+string(NamelessSubject)+" and holds nothing; give it a name")
			continue
		}
		if !b.caller(place, &one.Caller) || !b.agrees(place, &one.Caller) {
			continue
		}
		secret, ok := b.secret(place, i+1, one)
		if !ok {
			continue
		}
		// The kid stays within the process: tokens of peers have none.
		verifying, err := jwt.NewShortHS256Key(strconv.Itoa(len(b.manager.keys)), secret)
		if err != nil {
			b.fault(place, err.Error())
			continue
		}
		signing, err := jwt.NewShortHS256Key("", secret)
		if err != nil {
			b.fault(place, err.Error())
			continue
		}
		b.manager.keys = append(b.manager.keys, key{
			caller: one.Caller, verifying: verifying, signing: signing,
			signs: one.Sign == nil && i == 0 || one.Sign != nil && *one.Sign,
		})
		b.list(one.info(TypeSecret, len(secret) < MinSecretLength))
	}
}

// secret decodes a secret and refuses what others could guess or already have.
func (b *builder) secret(place string, number int, one Key) ([]byte, bool) {
	who := title(one.Name)
	secret, err := decodeSecret(one.Secret.Reveal(), one.AllowShort)
	switch {
	case err != nil:
		b.fault(place, fmt.Sprintf("%s: key %d: Illegal secret, must be a valid base64 string: it %s", who, number, err))
		return nil, false
	case len(secret) == 0:
		b.fault(place, fmt.Sprintf("%s: key %d decodes to 0 bytes, at least %d are needed", who, number, MinSecretLength))
		return nil, false
	case len(secret) < MinSecretLength && !one.AllowShort:
		b.fault(place, fmt.Sprintf("%s: key %d decodes to %d bytes, at least %d are needed", who, number, len(secret), MinSecretLength))
		return nil, false
	case len(secret) < MinSecretLength:
		b.note(one.label(), fmt.Sprintf("key %d is short: %d bytes, where %d are needed", number, len(secret), MinSecretLength))
	}
	return secret, b.unlike(place, fmt.Sprintf("%s key %d", who, number), "the same key", fingerprint(secret))
}

// unlike refuses a secret that is there already: whose tokens they are would
// depend on the order of the configuration (PEER-05, PEER-27).
func (b *builder) unlike(place, what, how string, secret token.Digest) bool {
	if earlier, twice := b.prints[secret]; twice {
		b.fault(place, fmt.Sprintf("%s and %s are %s", earlier, what, how))
		return false
	}
	b.prints[secret] = what
	return true
}

// agrees demands that all keys of one name are of one caller.
func (b *builder) agrees(place string, c *Caller) bool {
	first, known := b.named[c.Name]
	if !known {
		b.named[c.Name] = c
		return b.owns(place, c)
	}
	var differs []string
	for _, one := range []struct {
		what string
		same bool
	}{
		{"subject", first.Subject == c.Subject},
		{"audience", first.Audience == c.Audience},
		{"scopes", first.Scopes.String() == c.Scopes.String()},
		{"access_restrictions", first.Restrictions.String() == c.Restrictions.String()},
	} {
		if !one.same {
			differs = append(differs, one.what)
		}
	}
	if len(differs) > 0 {
		b.fault(place, fmt.Sprintf("%s: its keys must agree in %s", title(c.Name), strings.Join(differs, " and ")))
	}
	return len(differs) == 0
}

// owns demands that no other caller has the subject.
func (b *builder) owns(place string, c *Caller) bool {
	if other, taken := b.subjects[c.Subject]; taken {
		b.fault(place, fmt.Sprintf("the subject is that of %s too; every caller has its own", other))
		return false
	}
	b.subjects[c.Subject] = title(c.Name)
	return true
}

// staticTokens takes over the fixed texts.
func (b *builder) staticTokens(list []Static) {
	for i, one := range list {
		place := one.at("peer.external", i)
		if one.Name == "" && one.Subject == "" {
			b.fault(place, "needs a name or a subject")
			continue
		}
		if !b.caller(place, &one.Caller) || !b.text(place, one) {
			continue
		}
		if _, known := b.named[one.Name]; known && one.Name != "" {
			if !b.agrees(place, &one.Caller) {
				continue
			}
		} else if !b.owns(place, &one.Caller) {
			continue
		} else if one.Name != "" {
			b.named[one.Name] = &one.Caller
		}
		digest := staticDigest(one.Token.Reveal())
		if b.unlike(place, one.label(), "the same token", digest) {
			b.manager.static[digest] = &one.Caller
			b.list(one.info(TypeStatic, len(one.Token.Reveal()) < minStatic))
		}
	}
}

// Lengths of fixed texts in characters.
const (
	minStatic      = 32
	minShortStatic = 8
)

func (b *builder) text(place string, one Static) bool {
	text := one.Token.Reveal()
	switch {
	case strings.ContainsFunc(text, notVisible):
		b.fault(place+".options", "Illegal token, must be a set of non-space characters (visible ASCII)")
	case len(text) < minShortStatic:
		b.fault(place+".options", "Illegal token, must be at least 8 characters length")
	case len(text) > MaxLength:
		b.fault(place+".options", fmt.Sprintf("the token has %d characters, at most %d are accepted", len(text), MaxLength))
	case len(text) < minStatic && !one.AllowShort:
		b.fault(place+".options", fmt.Sprintf("the token has %d characters, at least %d are needed", len(text), minStatic))
	default:
		if len(text) < minStatic {
			b.note(one.label(), fmt.Sprintf("the token is short: %d characters, where %d are needed", len(text), minStatic))
		}
		return true
	}
	return false
}
