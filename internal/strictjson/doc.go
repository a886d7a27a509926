// Package strictjson reads JSON (RFC 8259) that strangers send, and accepts
// one reading of it only.
//
// The decoder of the standard library is made to be forgiving. Two programs
// that both use a forgiving decoder can read two different things in the same
// bytes, and an attacker lives in the difference:
//
//   - it matches names without regard to letter case, by Unicode folding, so
//     that "ALG" after "alg" wins, and so does "\u017fcope" after "scope"
//     (trap T-04 of the threat catalogue);
//   - of two members with one name the last wins, silently (T-05);
//   - it stops after the first value, whatever follows (T-03);
//   - it nests 10,000 levels deep and turns 9007199254740993 into
//     9007199254740992 (T-06);
//   - it replaces invalid UTF-8 and lone surrogates by U+FFFD, so that two
//     names become equal (T-07).
//
// Here all of that is an error. [Check] judges one whole text. [ParseObject]
// does the same for a text that must be an object and gives its members in
// their order; names are then compared byte by byte:
//
//	object, err := strictjson.ParseObject(body, strictjson.Limits{})
//	...
//	name, ok := object.Find("name")
//
// A checked [Value] may also be handed to encoding/json: it holds no
// duplicates any more. The caller still has to refuse names it does not know
// by [Object.Unknown], since encoding/json would take "NAME" for "name".
package strictjson
