package page

// Icon is a drawing of 16 by 16, in lines of the colour of the text around it.
type Icon string

// The icons.
const (
	IconHome      Icon = "home"
	IconKey       Icon = "key"
	IconPerson    Icon = "person"
	IconPeople    Icon = "people"
	IconBox       Icon = "box"
	IconGrid      Icon = "grid"
	IconLog       Icon = "log"
	IconLock      Icon = "lock"
	IconSettings  Icon = "settings"
	IconBook      Icon = "book"
	IconScreen    Icon = "screen"
	IconPlus      Icon = "plus"
	IconCopy      Icon = "copy"
	IconMore      Icon = "more"
	IconNext      Icon = "next"
	IconPrevious  Icon = "previous"
	IconUp        Icon = "up"
	IconDown      Icon = "down"
	IconClose     Icon = "close"
	IconCheck     Icon = "check"
	IconWarn      Icon = "warn"
	IconRotate    Icon = "rotate"
	IconPause     Icon = "pause"
	IconPlay      Icon = "play"
	IconStop      Icon = "stop"
	IconSearch    Icon = "search"
	IconClock     Icon = "clock"
	IconSignOut   Icon = "sign-out"
	IconCondition Icon = "condition"
	IconDownload  Icon = "download"
)

// lines gives the path of the drawing (SVG 2 section 9.3).
func (i Icon) lines() string {
	switch i {
	case IconHome:
		return "M2.5 7.5 8 2.5l5.5 5M4 6.5v7h8v-7M6.5 13.5v-4h3v4"
	case IconKey:
		return "M8.2 7.8 13.5 2.5M11 5l2 2M5.5 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"
	case IconPerson:
		return "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.5 13.5c.6-2.3 2.7-3.5 5.5-3.5s4.9 1.2 5.5 3.5"
	case IconPeople:
		return "M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13c.5-2 2.2-3 4.5-3s4 1 4.5 3M10.5 3.3a2.3 2.3 0 0 1 0 4.4M12 10.3c1.4.4 2.2 1.3 2.5 2.7"
	case IconBox:
		return "M8 2 13.5 4.8v6.4L8 14l-5.5-2.8V4.8zM2.7 5 8 7.7 13.3 5M8 7.7V14"
	case IconGrid:
		return "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5H9z"
	case IconLog:
		return "M4 2.5h8a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM5.5 5.5h5M5.5 8h5M5.5 10.5h3"
	case IconLock:
		return "M3.5 7.5h9v6h-9zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2"
	case IconSettings:
		return "M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM6 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z"
	case IconBook:
		return "M8 4C6.7 3 4.8 2.7 2.5 2.8v9.7c2.3-.1 4.2.2 5.5 1.2 1.3-1 3.2-1.3 5.5-1.2V2.8C11.2 2.7 9.3 3 8 4zM8 4v9.5"
	case IconScreen:
		return "M2 3h12v8H2zM6 13.5h4M8 11v2.5"
	}
	return i.sign()
}

// sign gives the path of the small signs on buttons.
func (i Icon) sign() string {
	switch i {
	case IconPlus:
		return "M8 3v10M3 8h10"
	case IconCopy:
		return "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"
	case IconMore:
		return "M3.5 8h.01M8 8h.01M12.5 8h.01"
	case IconNext:
		return "m6 3.5 4.5 4.5L6 12.5"
	case IconPrevious:
		return "M10 3.5 5.5 8l4.5 4.5"
	case IconUp:
		return "m4 10 4-4 4 4"
	case IconDown:
		return "m4 6 4 4 4-4"
	case IconClose:
		return "m4 4 8 8M12 4l-8 8"
	case IconCheck:
		return "m3 8.5 3.5 3.5L13 4.5"
	case IconWarn:
		return "M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.9v.1"
	case IconRotate:
		return "M13 8a5 5 0 0 1-9 3M3 8a5 5 0 0 1 9-3M12.5 2v3.2H9.3M3.5 14v-3.2h3.2"
	case IconPause:
		return "M5.5 3.5v9M10.5 3.5v9"
	case IconPlay:
		return "M5 3.5v9L12.5 8z"
	case IconStop:
		return "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM3.8 3.8l8.4 8.4"
	case IconSearch:
		return "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.6 10.6l3.4 3.4"
	case IconClock:
		return "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 1.5"
	case IconSignOut:
		return "M6.5 2.5H3v11h3.5M6 8h8M11 5l3 3-3 3"
	case IconDownload:
		return "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.5h10"
	case IconCondition:
		return "M2 8h3l2-4.5 2.5 9L11.5 8H14"
	}
	return ""
}
