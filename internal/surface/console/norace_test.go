//go:build !race

package console_test

const watched = false
