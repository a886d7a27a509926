package server

// headroom is memory that nobody writes to, so that it stays an address range
// and never becomes resident. The garbage collector counts it as alive.
//
// The collector runs whenever as much was allocated as is alive. What is alive
// here is about three megabytes, because cached credentials lie where it does not
// look; so it ran fifty times a second at 25,000 answers a second, and each run
// pushed everything else out of the processor's cache. With headroom it runs a
// quarter as often, and an answer costs a tenth less. It is added and not
// multiplied: unlike a higher GOGC it costs a server with a large heap no more
// than one with a small one.
const headroom = 8 << 20

// reserveHeadroom gives the headroom, which has an effect for as long as it is
// kept.
func reserveHeadroom() []byte { return make([]byte, headroom) }
