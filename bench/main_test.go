package bench_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
)

func TestMain(m *testing.M) {
	if answer := os.Getenv(bareVariable); answer != "" {
		if err := serveBare(answer); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := pgtest.Main(m)
	report.print()
	os.Exit(code)
}
