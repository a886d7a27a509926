// Command tokenwright makes, keeps and checks access tokens.
package main

import (
	"os"

	"github.com/tokenwright/tokenwright/internal/cli"
)

func main() { os.Exit(cli.Main()) }
