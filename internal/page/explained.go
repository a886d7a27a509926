package page

import (
	"strconv"

	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/token"
)

// Explained is an error about which its page says more than its status does: in
// the words of what it interrupts, with the way on. Programs that get Err by
// another dialect are told what they would be told without it.
type Explained struct {
	Err error
	// Lead is the beginning of the page's messages: Lead + "title" and
	// Lead + "text".
	Lead message.Key
	// Values are those of the text, as for [message.Language.Text].
	Values []string
	// Commands are lines for a terminal that mend it, or nil.
	Commands []string
	// Quotes says that the message of Err tells more than the page: in English,
	// beside it.
	Quotes bool
	// Next leads on to a path of this server; its Text is the key of a message.
	// Without it the page leads to the start.
	Next Onward
}

// Onward is a way on, by the key of its words.
type Onward struct {
	Text message.Key
	Path string
}

// Error gives the message of Err.
func (e *Explained) Error() string { return e.Err.Error() }

// Unwrap gives Err.
func (e *Explained) Unwrap() error { return e.Err }

// show puts the words into the page of the error.
func (e *Explained) show(v *Visitor, shown *shownFault) {
	shown.title, shown.text = v.Text(e.Lead+"title"), v.Text(e.Lead+"text", e.Values...)
	shown.commands = e.Commands
	if e.Quotes {
		shown.detail = token.Message(e.Err)
	}
	if e.Next.Path != "" {
		shown.next = Link{v.Text(e.Next.Text), e.Next.Path}
	}
}

func commandID(i int) string { return "command-" + strconv.Itoa(i+1) }
