package page

import (
	"strconv"
	"time"
)

// Bar is one day of a chart: how often something happened, and how often it was
// refused.
type Bar struct {
	Day            time.Time
	Count, Refused int
}

// Bars is a chart of days, drawn by attributes of SVG alone.
type Bars struct {
	Title string // says what is counted; for screen readers, with the total
	Days  []Bar
}

// Sizes of a chart in the units of its drawing.
const (
	chartHeight = 80
	barStep     = 12
	barWidth    = 9
)

// box gives the viewBox of the chart.
func (b Bars) box() string {
	return "0 0 " + strconv.Itoa(max(1, len(b.Days))*barStep) + " " + strconv.Itoa(chartHeight+1)
}

func (b Bars) most() int {
	most := 1
	for _, day := range b.Days {
		most = max(most, day.Count)
	}
	return most
}

// drawnBar is one rectangle of a chart.
type drawnBar struct{ x, y, height, class string }

// drawn gives the rectangles of a day: what was allowed, and on top of it what
// was refused. Something that happened is never too small to be seen.
func (b Bars) drawn(i int) []drawnBar {
	day := b.Days[i]
	whole := tall(day.Count, b.most())
	refused := min(whole, tall(day.Refused, b.most()))
	at := func(y, height int, class string) drawnBar {
		return drawnBar{strconv.Itoa(i * barStep), strconv.Itoa(y), strconv.Itoa(height), class}
	}
	return []drawnBar{
		at(chartHeight-whole+refused, whole-refused, "bar-good"),
		at(chartHeight-whole, refused, "bar-bad"),
	}
}

func tall(count, most int) int {
	if count <= 0 {
		return 0
	}
	return max(2, count*chartHeight/most)
}

// HeatCell is one cell of a heat map, and where it leads.
type HeatCell struct {
	Title string // "12 tokens end in the week of 3 May 2027"
	Count int
	Path  string
}

// Heat is a map of cells in rows, the fuller the darker.
type Heat struct {
	Title string
	Rows  []HeatRow
}

// HeatRow is a row of a heat map with its name.
type HeatRow struct {
	Label string
	Cells []HeatCell
}

// level gives how full a cell is beside the fullest: 0 for empty, 1 to 4.
func (h Heat) level(c HeatCell) string {
	most := 1
	for _, row := range h.Rows {
		for _, cell := range row.Cells {
			most = max(most, cell.Count)
		}
	}
	if c.Count <= 0 {
		return "heat-0"
	}
	return "heat-" + strconv.Itoa(1+min(3, (c.Count-1)*4/most))
}
