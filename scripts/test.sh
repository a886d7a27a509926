#!/usr/bin/env bash
# Runs the tests with the race detector and ends with a count of packages.
#
#   scripts/test.sh PACKAGE...
#
# With TOKENWRIGHT_REQUIRE=1 (the gate sets it in CI) the tests themselves fail
# where a server they need is missing; otherwise they skip, and this script
# says so, because `go test` does not show why a test was skipped.
set -euo pipefail

absent() { # absent WHAT PATTERN...: none of the patterns names a program
	local pattern
	for pattern in "${@:2}"; do
		if compgen -G "$pattern" >/dev/null; then
			return 1
		fi
	done
	! command -v "$1" >/dev/null
}

if [[ "${TOKENWRIGHT_REQUIRE:-}" != 1 ]]; then
	if absent postgres '/usr/lib/postgresql/*/bin/postgres'; then
		echo 'PostgreSQL is not installed: tests that need it skip'
	fi
	if absent nginx /usr/sbin/nginx; then
		echo 'nginx is not installed: tests that need it skip'
	fi
	if absent chromium /usr/bin/chromium; then
		echo 'Chromium is not installed: tests that need it skip'
	fi
	if absent caddy /usr/sbin/caddy; then
		echo 'Caddy is not installed: tests that need it skip'
	fi
fi

log="$(mktemp)"
trap 'rm -f "$log"' EXIT

# The slowest begin first: packages are tested in this order, as many at a time as
# there are processors, and the last one should not be waited for alone. Beside them,
# browsers are driven by a program that the race detector does not watch.
slow=()
driven=''
if [[ "$*" == ./... ]]; then
	slow=(./proof ./store/sqlite ./store/postgres ./internal/surface/console ./internal/server ./internal/surface/oauth)
	driven=./internal/surface/console
fi

# The engine of SQLite is C that was translated to Go. Its memory is its own, which
# the race detector does not know, and watching each step of it takes most of the
# time of every test. It is left out; all that calls it is watched.
unwatched='modernc.org/...=-race=false'

status=0
if [[ -n $driven ]]; then
	beside="$(mktemp)"
	go test -timeout 18m -run 'InABrowser|TextInEveryField' "$driven" >"$beside" 2>&1 &
fi
CGO_ENABLED=1 go test -race -gcflags="$unwatched" -timeout 18m "${slow[@]}" "$@" 2>&1 | tee "$log" || status=$?
if [[ -n $driven ]]; then
	wait $! || status=$?
	tee -a "$log" <"$beside"
	rm -f "$beside"
fi

count() { grep -cE "$1" "$log" || true; }
printf 'packages: %d ok, %d failed, %d without tests\n' \
	"$(count '^ok[[:space:]]')" "$(count '^FAIL[[:space:]]+[^[:space:]]+')" \
	"$(count '\[no test files\]')"
exit "$status"
