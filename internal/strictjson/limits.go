package strictjson

import (
	"errors"
	"fmt"
)

// Limits bound the work that one text can cause. They hold before anything is
// kept of it. A zero field means the default.
type Limits struct {
	MaxBytes int // length of the text; default 65,536
	MaxDepth int // levels of objects and arrays; default 32
	MaxKeys  int // members of all objects together; default 1,000
	// CaseTwins lets names stand beside each other that differ in letter case
	// only. It is for texts that are somebody else's data, whose reader then
	// has to look at the names that matter to it with [Object.Variant].
	CaseTwins bool
}

func (l Limits) orDefault() Limits {
	if l.MaxBytes == 0 {
		l.MaxBytes = 64 << 10
	}
	if l.MaxDepth == 0 {
		l.MaxDepth = 32
	}
	if l.MaxKeys == 0 {
		l.MaxKeys = 1000
	}
	return l
}

// What can be wrong with a text. Their messages hold nothing of the text and
// are safe to show to whoever sent it.
var (
	ErrTooLong   = errors.New("the JSON text is too long")
	ErrTooDeep   = errors.New("the JSON text is nested too deeply")
	ErrManyKeys  = errors.New("the JSON text has too many members")
	ErrUTF8      = errors.New("the JSON text is not valid UTF-8")
	ErrSurrogate = errors.New("the JSON text has half of a surrogate pair")
	ErrSyntax    = errors.New("the text is not valid JSON")
	ErrTrailing  = errors.New("something follows the JSON value")
	ErrRepeated  = errors.New("a member name occurs twice; names that differ in letter case only count as one")
	// ErrCaseTwin is an ErrRepeated of names that differ in letter case.
	ErrCaseTwin  = fmt.Errorf("%w: here they differ in letter case", ErrRepeated)
	ErrNotObject = errors.New("the JSON text is not an object")
)
