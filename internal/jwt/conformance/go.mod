// A module of its own, so that the test vectors (about 110 MB unpacked) never
// reach users of the library.
module github.com/tokenwright/tokenwright/internal/jwt/conformance

go 1.26.4

require (
	github.com/c2sp/wycheproof v0.0.0-20260105152342-fca0d3ba9f12
	github.com/tokenwright/tokenwright v0.0.0
)

require github.com/google/uuid v1.6.0 // indirect

replace github.com/tokenwright/tokenwright => ../../..
