package journal

import (
	"sync"
	"time"
)

// Journal holds what a client knows of its tokens. It is safe for concurrent
// use. Make it with New.
type Journal struct {
	bound time.Duration

	mu     sync.Mutex
	tokens map[string]*Token
	order  []*Token
}

// New gives an empty journal. bound is how long a revoked token may still be
// accepted by other nodes than the one that acknowledged the revocation.
func New(bound time.Duration) *Journal {
	return &Journal{bound: bound, tokens: map[string]*Token{}}
}

// Token gives the pages of a token, by the name that the client gave it. The
// first call opens them: nobody has asked for the token yet.
func (j *Journal) Token(name string) *Token {
	j.mu.Lock()
	defer j.mu.Unlock()
	t, ok := j.tokens[name]
	if !ok {
		t = &Token{Name: name}
		j.tokens[name] = t
		j.order = append(j.order, t)
	}
	return t
}

// Tokens gives all tokens in the order in which they were opened.
func (j *Journal) Tokens() []*Token {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]*Token(nil), j.order...)
}

// Check judges every answer so far and gives those that were wrong, and the
// count of all.
func (j *Journal) Check() ([]Wrong, Tally) {
	var wrong []Wrong
	var tally Tally
	for _, t := range j.Tokens() {
		wrong = append(wrong, t.judge(j.bound, &tally)...)
	}
	return wrong, tally
}

// Compare judges a list of all tokens that the server keeps, taken while no
// request was under way, and gives what is wrong with it. What it shows of
// unknown changes is known from then on.
func (j *Journal) Compare(kept []Kept) []Wrong {
	var wrong []Wrong
	names := make(map[string]Kept, len(kept))
	for _, k := range kept {
		if _, twice := names[k.Name]; twice {
			wrong = append(wrong, Wrong{W3, k.Name, "there are two tokens of this name"})
		}
		names[k.Name] = k
	}
	for _, t := range j.Tokens() {
		k, found := names[t.Name]
		delete(names, t.Name)
		wrong = append(wrong, t.compare(k, found)...)
	}
	for name := range names {
		wrong = append(wrong, Wrong{W1, name, "it is kept, and nobody asked for it"})
	}
	return wrong
}

// Kept is a token as the server keeps it.
type Kept struct {
	Name, ID string
	Revoked  bool
}
