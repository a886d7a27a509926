package login_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/tokentest"
)

// roll is a directory of one person whose state the test changes.
type roll struct {
	active bool
	asked  int
	fail   error
	during func()
}

func (r *roll) UserActive(context.Context, string) (bool, error) {
	r.asked++
	active := r.active
	if r.during != nil {
		r.during()
	}
	return active, r.fail
}

func (r *roll) GroupsOf(context.Context, string) ([]string, error) { return nil, r.fail }

func TestAPersonIsRememberedForASecond(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	directory := &roll{active: true}
	people := login.NewPeople(directory, clock.Now)
	ask := func() bool {
		active, err := people.UserActive(t.Context(), "user:default/alice")
		if err != nil {
			t.Fatal(err)
		}
		return active
	}
	ask()
	directory.active = false
	if !ask() || directory.asked != 1 {
		t.Errorf("within a second: asked %d times", directory.asked)
	}
	clock.Advance(time.Second)
	if ask() {
		t.Error("a second later the change is not seen")
	}
}

// Somebody who was seen to be disabled, as another node has it, is not active again
// by an answer that took longer, be it that both began at one reading of the clock.
func TestAnOlderAnswerDoesNotReplaceALaterOne(t *testing.T) {
	for name, later := range map[string]time.Duration{"later": time.Millisecond, "at once": 0} {
		t.Run(name, func(t *testing.T) {
			clock := tokentest.NewClock(time.Time{})
			directory := &roll{active: true}
			people := login.NewPeople(directory, clock.Now)
			directory.during = func() {
				directory.during, directory.active = nil, false
				clock.Advance(later)
				if active, err := people.UserActive(t.Context(), "user:default/alice"); err != nil || active {
					t.Errorf("the later look-up: %v, %v", active, err)
				}
			}
			if _, err := people.UserActive(t.Context(), "user:default/alice"); err != nil {
				t.Fatal(err)
			}
			if active, err := people.UserActive(t.Context(), "user:default/alice"); err != nil || active {
				t.Errorf("after both: active %v, %v", active, err)
			}
		})
	}
}

// The other way round: the later answer is not lost since an older one, that the
// person is active, ended first and at the same reading of the clock.
func TestARefusalReplacesAnAnswerOfTheSameTime(t *testing.T) {
	directory := &roll{}
	people := login.NewPeople(directory, tokentest.NewClock(time.Time{}).Now)
	directory.during = func() {
		directory.during, directory.active = nil, true
		if active, err := people.UserActive(t.Context(), "user:default/alice"); err != nil || !active {
			t.Errorf("the first to end: %v, %v", active, err)
		}
	}
	for range 2 {
		if active, err := people.UserActive(t.Context(), "user:default/alice"); err != nil || active {
			t.Errorf("active %v, %v", active, err)
		}
	}
}

func TestAForgottenPersonIsAskedForAgain(t *testing.T) {
	directory := &roll{active: true}
	people := login.NewPeople(directory, time.Now)
	// The change comes while the old state is being read.
	directory.during = func() {
		directory.during = nil
		directory.active = false
		people.Forget()
	}
	if _, err := people.UserActive(t.Context(), "user:default/alice"); err != nil {
		t.Fatal(err)
	}
	active, err := people.UserActive(t.Context(), "user:default/alice")
	if err != nil || active {
		t.Errorf("what was read before a change was remembered after it: active %v, %v", active, err)
	}
}

func TestAFaultOfTheDirectoryIsNotRemembered(t *testing.T) {
	away := errors.New("away")
	directory := &roll{active: true, fail: away}
	people := login.NewPeople(directory, time.Now)
	if _, err := people.UserActive(t.Context(), "user:default/alice"); !errors.Is(err, away) {
		t.Fatalf("got %v", err)
	}
	directory.fail = nil
	if active, err := people.UserActive(t.Context(), "user:default/alice"); err != nil || !active {
		t.Errorf("after the fault: active %v, %v", active, err)
	}
}
