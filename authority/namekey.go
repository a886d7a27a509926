package authority

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// foldName gives what two names are compared by, so that nobody can place a
// token beside another one that reads the same (row H-04): compatibility
// forms, letter case, invisible characters, and letters of other alphabets or
// digits that look like a Latin letter are all one.
//
// It is the idea of the skeleton of UTS #39 with the look-alikes that a name
// typed by a person can hold, not its whole table.
func foldName(name string) string {
	name = strings.Map(asLatinCapital, norm.NFKC.String(name))
	return strings.Map(asLatin, norm.NFKC.String(cases.Fold().String(name)))
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

func asLatin(r rune) rune {
	switch r {
	case 0x00ad, 0x034f, 0x061c, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2060, 0xfeff:
		return -1 // nobody sees them
	}
	return lookup(smalls, latinSmalls, r)
}

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
