package cli

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/token"
)

const (
	defaultData = "./tokenwright-data"
	socketName  = "admin.sock"
)

// connecting gives a command and those below it the flags that say which
// server to talk to and how to print.
func (a *app) connecting(c *cobra.Command) *cobra.Command {
	flags := c.PersistentFlags()
	flags.StringVar(&a.url, "url", "", "base `URL` of a remote server; its bearer is read from TOKENWRIGHT_TOKEN (env TOKENWRIGHT_URL)")
	a.dataFlag(c)
	a.outputFlag(c)
	return c
}

func (a *app) dataFlag(c *cobra.Command) {
	c.PersistentFlags().StringVar(&a.data, "data", "",
		"data `folder` with the admin socket of a server on this machine (env TOKENWRIGHT_DATA, default "+defaultData+")")
}

func (a *app) outputFlag(c *cobra.Command) {
	c.PersistentFlags().StringVarP(&a.output, "output", "o", "", "`format` of the standard output: json, or tables for people")
}

// connect makes the client that flags and environment ask for. A flag wins
// over the environment.
func (a *app) connect(c *cobra.Command) (*client.Client, error) {
	urlGiven, dataGiven := c.Flags().Changed("url"), c.Flags().Changed("data")
	if urlGiven && dataGiven {
		return nil, wrongUse("give --url or --data, not both")
	}
	url := a.url
	if !urlGiven && !dataGiven {
		url = a.env("TOKENWRIGHT_URL")
	}
	if url == "" {
		return client.New(client.Options{Socket: a.socket()})
	}
	bearer := a.env("TOKENWRIGHT_TOKEN")
	if bearer == "" {
		return nil, wrongUse("set TOKENWRIGHT_TOKEN to the bearer token for %s", url)
	}
	return client.New(client.Options{URL: url, Token: token.NewSecret(bearer)})
}

// dataFolder gives the folder in which the server keeps its files.
func (a *app) dataFolder() string {
	if a.data != "" {
		return a.data
	}
	if data := a.env("TOKENWRIGHT_DATA"); data != "" {
		return data
	}
	return defaultData
}

func (a *app) socket() string { return filepath.Join(a.dataFolder(), socketName) }

// env gives a variable of the environment, or "".
func (a *app) env(name string) string {
	value, _ := a.Env(name)
	return value
}
