package authority_test

import (
	"os"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
