package page

import "github.com/a-h/templ"

// Table is a list with columns. On narrow screens each row becomes a card.
type Table struct {
	Caption string // says what the rows are; for screen readers
	Columns []Column
	Rows    []Row
	Empty   Empty
	Pages   Pages
}

// Column is one column of a table. Sort is the address of the list in the order
// of this column, the other way round when it is in that order already; "" is a
// column that orders nothing. Unnamed columns hold actions.
type Column struct {
	Title string
	Sort  string
	Order Order
}

// Order says how a column orders the rows now.
type Order string

// The orders, as values of aria-sort.
const (
	Unordered  Order = ""
	Ascending  Order = "ascending"
	Descending Order = "descending"
)

// Row is one row; its first cell is its heading.
type Row struct {
	ID    string // of the element, for links into the list; may be ""
	Cells []templ.Component
}

// Empty is what stands in the place of no rows: what to do next.
type Empty struct {
	Title, Text string
	Action      Link
	Dialog      bool // the action opens in a dialog
}

// Pages leads through a list. Addresses that are "" lead nowhere.
type Pages struct {
	Total                 string // "1,234 tokens"
	First, Previous, Next string
}

func (p Pages) several() bool { return p.First != "" || p.Previous != "" || p.Next != "" }
