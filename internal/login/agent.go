package login

import "strings"

// agentLabel names a browser and its system, for its owner to recognise a
// session by. Both are words of ours, so that nothing a client sends is shown.
func agentLabel(userAgent string) string {
	find := func(words ...[2]string) string {
		for _, word := range words {
			if strings.Contains(userAgent, word[0]) {
				return word[1]
			}
		}
		return ""
	}
	// The order matters: nearly all of them claim to be those before.
	browser := find(
		[2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"Firefox/", "Firefox"}, [2]string{"FxiOS/", "Firefox"},
		[2]string{"Chrome/", "Chrome"}, [2]string{"CriOS/", "Chrome"}, [2]string{"Safari/", "Safari"}, [2]string{"curl/", "curl"},
	)
	system := find(
		[2]string{"Windows", "Windows"}, [2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"},
		[2]string{"Mac OS X", "macOS"}, [2]string{"CrOS", "ChromeOS"}, [2]string{"Linux", "Linux"},
	)
	switch {
	case browser == "" && system == "":
		return "unknown"
	case browser == "":
		return "unknown on " + system
	case system == "":
		return browser
	}
	return browser + " on " + system
}
