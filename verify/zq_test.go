package verify_test
import ("testing";"runtime";"fmt";"github.com/tokenwright/tokenwright/verify")
func TestQ(t *testing.T) {
	const tokens = 200_000
	source, raws := newMemorySource(t, tokens)
	fmt.Println("src", heap(), heap())
	v := newVerifier(t, source, tokens)
	fmt.Println("new", heap(), heap())
	for _, raw := range raws { v.Verify(t.Context(), raw, verify.Expect{}) }
	fmt.Println("fill", heap(), heap())
	n := source.count()
	for _, raw := range raws { v.Verify(t.Context(), raw, verify.Expect{}) }
	fmt.Println("fill", heap(), heap(), source.count()-n)
	runtime.KeepAlive(v); runtime.KeepAlive(source); runtime.KeepAlive(raws)
}
