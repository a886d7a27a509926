package config_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenwright/tokenwright/internal/config"
)

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	for written, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "0d": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "1.5h": 90 * time.Minute,
		"30d": 30 * day, "2w": 14 * day, "1w1d12h": 8*day + 12*time.Hour, "-1d": -day,
		"106751d": 106751 * day, "10µs": 10 * time.Microsecond,
	} {
		if got, err := config.ParseDuration(written); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", written, got, err, want)
		}
	}
}

// What cannot be held must be an error, and never wrap round into a time that
// has passed (H-06, T-08).
func TestParseDurationRefuses(t *testing.T) {
	for _, written := range []string{
		"", "-", "d", "5", "1.5d", "1e3d", "0x10d", "1_000s", " 1d", "1d ", "1 d", "+1d", "--1d", "1d-1h", "1y", "1mo", "1D", "s1", "1..5s",
		"106752d", "-106752d", "15251w", "2147483648d", "9007199254740993d", "9223372036854775808d", "106751d23h48m", "106751d106751d", "292y",
	} {
		if got, err := config.ParseDuration(written); err == nil {
			t.Errorf("ParseDuration(%q) = %v", written, got)
		}
	}
}

func TestFormatDurationIsReadBack(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Minute: "1m", time.Hour: "1h", 36 * time.Hour: "36h", 24 * time.Hour: "1d",
		10 * time.Minute: "10m", 70 * time.Minute: "1h10m", 3601 * time.Second: "1h0m1s",
	} {
		if got := config.FormatDuration(d); got != want {
			t.Errorf("FormatDuration(%v) = %s, want %s", d, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Min(0).Draw(t, "nanoseconds"))
		if got, err := config.ParseDuration(config.FormatDuration(d)); err != nil || got != d {
			t.Fatalf("%v is written %s and read %v, %v", d, config.FormatDuration(d), got, err)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"30d", "-2w", "1h30m", "106752d", "9223372036854775807ns", "1.5d", "µs"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		d, err := config.ParseDuration(written)
		if err == nil && (d < 0) && written[0] != '-' {
			t.Errorf("%q wrapped round to %v", written, d)
		}
	})
}
