// Package message holds what the pages say, in every language.
//
// # Catalogues
//
// locales/LANGUAGE/AREA.json is an object of keys and texts:
//
//	{
//	  "revoke.title":  "Revoke {name}?",
//	  "tokens.count":  {"one": "{n} token", "other": "{n} tokens"}
//	}
//
// A key begins with its area. {name} stands for a value; a text that depends on
// a number has one form for each plural category of its language (CLDR), and
// {n} is that number as the language writes it. There is nothing else: no
// markup, no code. A translation cannot break a page.
//
// English is complete by definition, and what another language lacks is said in
// English. Tests hold every other folder to the same keys, the same values and
// all the plural categories of its language.
//
// # Whose language
//
// [Catalog.Choose] takes the first wish that can be fulfilled: what somebody
// chose here, then what their browser asks for, then English. A wish for a
// variant is fulfilled by its language (pt-AO by pt).
//
// # Numbers and times
//
// Each language brings how it groups digits and in which order it writes a
// date, as texts under "format". Times are UTC and say so: the reader of an
// audit log and the one of a clock on the wall need to mean the same instant.
package message
