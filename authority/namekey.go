package authority

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// foldName gives what two names are compared by, so that nobody can place a
// token beside another one that reads the same (row H-04): compatibility
// forms, letter case, letters of other alphabets or digits that look like a Latin
// letter, and what nobody sees are all one: invisible characters, and white space
// around others and beside other white space.
//
// It is the idea of the skeleton of UTS #39 with the look-alikes that a name
// typed by a person can hold, not its whole table.
func foldName(name string) string {
	name = strings.Map(asLatinCapital, norm.NFKC.String(strings.Map(seen, name)))
	name = strings.Map(asLatin, norm.NFKC.String(cases.Fold().String(name)))
	return strings.Join(strings.Fields(name), " ")
}

// seen drops characters that leave no trace on a page: those that Unicode calls
// ignorable (Default_Ignorable_Code_Point) and the other format characters, but
// for the Arabic ones that are drawn. A pattern of Braille without dots is a space.
func seen(r rune) rune {
	switch {
	case r == 0x2800:
		return ' '
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return r
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return -1
	}
	return r
}

// The n-th letter of the one line looks like the n-th of the line below it.
const (
	capitals      = "АВЕКМНОРСТУХЅІЈԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧՕՏ"
	latinCapitals = "ABEKMHOPCTYXSIJQWABEZHIKMNOPTYXOS"
	smalls        = "авекмнорстухѕіјԛԝһԁӏαβεικμνορτυχϲϳօոսհզցյ01|ı"
	latinSmalls   = "abekmhopctyxsijqwhdlabeikmvoptuxcjonuhqgjolli"
)

// asLatinCapital goes before letter case is folded: the small letter of a
// capital may look different.
func asLatinCapital(r rune) rune { return lookup(capitals, latinCapitals, r) }

func asLatin(r rune) rune { return lookup(smalls, latinSmalls, r) }

// lookup gives the letter of to, which is ASCII, at the place of r in from.
func lookup(from, to string, r rune) rune {
	at := 0
	for _, one := range from {
		if one == r {
			return rune(to[at])
		}
		at++
	}
	return r
}
