package token

// NameClaim is how a token holds its name: no other token of its kind and owner may
// have the same key.
type NameClaim struct {
	TokenID string
	Kind    Kind
	Owner   string
	Name    string
	Key     string // what names that read alike have in common
}

// NameMove gives a token another key in the place of the one that it holds its name
// by.
type NameMove struct {
	NameClaim

	To string
}
