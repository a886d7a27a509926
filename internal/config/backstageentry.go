package config

import (
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// backstageEntry is one entry of backend.auth.keys or externalAccess.
type backstageEntry struct {
	*backstageReader

	at   string
	node *yaml.Node
}

// key carries over an entry of backend.auth.keys: a secret of nobody in
// particular, by which the reference lets in whoever has it, to everything.
func (r *backstageReader) key(e backstageEntry) {
	if !e.knows("", "secret") {
		return
	}
	secret, ok := e.secret("secret")
	if !ok {
		return
	}
	caller := peer.Caller{Place: e.at}
	if !e.admitKey(caller, &secret) {
		return
	}
	r.keys = append(r.keys, writtenKey(caller, secret))
	r.note(e.at, "speaks as %s and holds nothing here, where Backstage lets it do everything; give it a name, and scopes or access_restrictions", peer.NamelessSubject)
}

// external carries over an entry of backend.auth.externalAccess.
func (r *backstageReader) external(e backstageEntry) {
	kind, ok := e.text("type")
	if !ok || !e.knows("", "type", "options", "accessRestrictions") {
		return
	}
	var known []string
	switch kind {
	case "static":
		known = []string{"token", "subject"}
	case "legacy":
		known = []string{"secret", "subject"}
	case "jwks":
		known = []string{"url", "algorithm", "issuer", "audience", "subjectPrefix"}
	default:
		r.refuse(e.at, "Unknown type '%s' in backend.auth.externalAccess, expected one of 'static', 'legacy', 'jwks'", shown(kind))
		return
	}
	limits, ok := e.restrictions()
	if !ok || !e.knows("options", known...) {
		return
	}
	caller := peer.Caller{Place: e.at, Restrictions: limits}
	switch kind {
	case "static":
		e.static(caller)
	case "legacy":
		e.legacy(caller)
	default:
		e.jwks(caller)
	}
}

func (e backstageEntry) static(caller peer.Caller) {
	secret, ok := e.secret("options.token")
	if !ok || !e.named(&caller) {
		return
	}
	admitted := e.admitSecret(&secret, func(o *peer.Options, short bool) {
		o.Static = append(slices.Clone(o.Static), peer.Static{Caller: caller, Token: secret.secret, AllowShort: short})
	})
	if admitted {
		e.externals = append(e.externals, writtenStatic(caller, secret))
		e.restrict()
	}
}

func (e backstageEntry) legacy(caller peer.Caller) {
	secret, ok := e.secret("options.secret")
	if ok && strings.ContainsAny(secret.secret.Reveal(), " \t\r\n") {
		e.refuse(e.at+".options.secret", "Illegal secret, must be a valid base64 string")
		return
	}
	if ok && e.named(&caller) && e.admitKey(caller, &secret) {
		// Backstage verifies with it and does not sign.
		e.keys = append(e.keys, append(writtenKey(caller, secret), "sign: false"))
		e.restrict()
	}
}

func (e backstageEntry) jwks(caller peer.Caller) {
	address, ok := e.text("options.url")
	if !ok {
		return
	}
	if !e.fetches(address) {
		return
	}
	one := peer.JWKS{Caller: caller, Keys: noKeys{}}
	for _, list := range []struct {
		name string
		into *[]string
	}{{"issuer", &one.Issuers}, {"audience", &one.Audiences}, {"algorithm", &one.Algorithms}} {
		if *list.into, ok = e.texts("options." + list.name); !ok {
			return
		}
	}
	if member(member(e.node, "options"), "subjectPrefix") != nil {
		if one.SubjectPrefix, ok = e.text("options.subjectPrefix"); !ok {
			return
		}
	}
	if e.admit(func(o *peer.Options) { o.JWKS = append(slices.Clone(o.JWKS), one) }) {
		e.externals = append(e.externals, writtenJWKS(address, one))
		e.restrict()
	}
}

// fetches says whether a key set may be read at an address, by the rules of our
// own configuration.
func (e backstageEntry) fetches(address string) bool {
	at := e.at + ".options.url"
	if strings.ContainsAny(address, " \t\r\n") {
		e.refuse(at, "Illegal JWKS URL, must be a set of non-space characters")
		return false
	}
	l := loader{cfg: &Config{Peer: Peer{External: []PeerExternal{{Options: PeerOptions{URL: address}}}}}}
	l.findings = findings{places: places{}, faulty: map[string]bool{}}
	l.secureURL("url", address)
	l.checkKeyHosts()
	for _, one := range l.faults {
		e.refuse(at, "%s", one.Message)
	}
	return len(l.faults) == 0
}

// named gives the caller its subject, and a name after it.
func (e backstageEntry) named(caller *peer.Caller) bool {
	subject, ok := e.text("options.subject")
	if !ok {
		return false
	}
	caller.Subject, caller.Name = token.Subject(subject), e.name(subject)
	return true
}

func (e backstageEntry) admitKey(caller peer.Caller, secret *carriedSecret) bool {
	return e.admitSecret(secret, func(o *peer.Options, short bool) {
		o.Keys = append(slices.Clone(o.Keys), peer.Key{Caller: caller, Secret: secret.secret, AllowShort: short})
	})
}

// admitSecret is admit for a caller with a secret, which may be a short one
// where that was asked for.
func (e backstageEntry) admitSecret(secret *carriedSecret, add func(o *peer.Options, short bool)) bool {
	secret.short = e.opts.AllowShort && (secret.unread || e.judge(func(o *peer.Options) { add(o, false) }) != nil)
	if !e.admit(func(o *peer.Options) { add(o, secret.short) }) {
		return false
	}
	switch {
	case secret.inline:
		e.out.Files[secret.ref.File] = secret.secret
	case secret.unread:
		e.note(e.at, "its secret was not read: whether it is long enough, and no other caller's, shows when the server starts")
	}
	if secret.short {
		e.note(e.at, "is carried over with allow_short_key, while its secret is replaced by one from: tokenwright peer keygen")
	}
	return true
}

// restrict says what becomes of routes that ask for no permission.
func (e backstageEntry) restrict() {
	e.note(e.at, "is refused here wherever nothing says which scope or permission is needed; Backstage lets it in there")
}

// restrictions reads accessRestrictions. An entry without any may do everything
// in the reference, and nothing is made out of that here (PEER-10).
func (e backstageEntry) restrictions() (peer.Restrictions, bool) {
	if member(member(e.node, "options"), "accessRestrictions") != nil {
		e.refuse(e.at+".options.accessRestrictions", "belongs on the entry, beside options: Backstage reads it here and does not apply it")
		return nil, false
	}
	n := member(e.node, "accessRestrictions")
	if n == nil {
		e.refuse(e.at, "has no accessRestrictions: Backstage lets it do everything. Add accessRestrictions to the entry, "+
			"or write it under peer yourself, with scopes, or with unrestricted: true")
		return nil, false
	}
	var list any
	err := n.Decode(&list)
	data, jsonErr := json.Marshal(list)
	if err != nil || jsonErr != nil {
		e.refuse(e.at+".accessRestrictions", "cannot be read: it must be a list of objects")
		return nil, false
	}
	if strings.Contains(string(data), "${") {
		e.refuse(e.at+".accessRestrictions", "has values that Backstage fills in when it starts; write them out")
		return nil, false
	}
	limits, err := peer.ParseRestrictions(data)
	if err != nil {
		e.refuse(e.at, "%s", token.Message(err))
		return nil, false
	}
	if len(limits) == 0 {
		e.refuse(e.at+".accessRestrictions", "the list is empty: Backstage reads that as no limit. Name a plugin")
	}
	return limits, len(limits) > 0
}
