package message

import (
	"strconv"
	"time"
)

const day = 24 * time.Hour

// Day writes a date, "20 Mar 2027".
func (l *Language) Day(t time.Time) string {
	t = t.UTC()
	return l.Text("format.day", "day", strconv.Itoa(t.Day()), "year", strconv.Itoa(t.Year()),
		"month", l.Text(Key("format.month."+strconv.Itoa(int(t.Month())))))
}

// Moment writes an instant to the minute, "20 Mar 2027, 09:05 UTC".
func (l *Language) Moment(t time.Time) string {
	return l.Text("format.moment", "day", l.Day(t), "time", t.UTC().Format("15:04"))
}

// Ago writes how far an instant is from now, in the one largest unit that fits:
// "3 days ago", "in 2 hours", "now".
func (l *Language) Ago(t, now time.Time) string {
	past, distance := true, now.Sub(t)
	if distance < 0 {
		past, distance = false, -distance
	}
	// A token that was issued for 30 days ends "in 30 days" and not "in 29".
	distance = distance.Round(time.Minute)
	for _, unit := range []struct {
		length      time.Duration
		past, ahead Key
	}{
		{365 * day, "format.ago.years", "format.in.years"},
		{100 * day, "", ""}, // see below
		{day, "format.ago.days", "format.in.days"},
		{time.Hour, "format.ago.hours", "format.in.hours"},
		{time.Minute, "format.ago.minutes", "format.in.minutes"},
	} {
		switch {
		case distance < unit.length:
			continue
		case unit.past == "": // from here on people think in months
			unit.length, unit.past, unit.ahead = 30*day, "format.ago.months", "format.in.months"
		}
		if past {
			return l.Count(unit.past, int(distance/unit.length))
		}
		return l.Count(unit.ahead, int(distance/unit.length))
	}
	return l.Text("format.now")
}

// Days writes a length of time in days.
func (l *Language) Days(n int) string { return l.Count("format.days", n) }
