#!/usr/bin/env bash
# Does in a fresh clone what the README tells a newcomer to do: the server
# starts, becomes ready and ends cleanly on SIGTERM; the gate's fast half
# passes. It catches files that were never committed and paths that only
# exist on one machine. The clone is of HEAD: uncommitted work is not in it.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -n "${TOKENWRIGHT_IN_CLONE:-}" ]]; then
	scripts/skip.sh 'this is the clone already'
	exit 0
fi
export TOKENWRIGHT_IN_CLONE=1

work="$(mktemp -d)"
runner=""
server=""
cleanup() {
	for process in $server $runner; do
		kill -KILL "$process" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap cleanup EXIT

fail() {
	echo "$1" >&2
	if [[ -s "$work/serve.log" ]]; then
		sed 's/^/  server: /' "$work/serve.log" >&2
	fi
	exit 1
}

# await SECONDS COMMAND...: the command succeeds before the time is up and
# before the server has ended.
await() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		kill -0 "$runner" 2>/dev/null || return 1
		((SECONDS < deadline)) || return 1
		sleep 0.2
	done
}

address=""
listens() {
	address="$(grep -oE '127\.0\.0\.1:[1-9][0-9]*' "$work/serve.log" | head -n 1 || true)"
	[[ -n "$address" ]]
}

ready() {
	curl --silent --fail --max-time 2 --output /dev/null "http://$address/readyz"
}

# `go run` does not pass SIGTERM on to the program it started, so the signal
# must go to its children, of which only the server is left by now.
children_of() {
	cat /proc/"$1"/task/*/children 2>/dev/null || pgrep -P "$1"
}

git clone --quiet . "$work/clone"
cd "$work/clone"
echo "clone of $(git rev-parse --short HEAD)"

go run ./cmd/tokenwright serve --dev --listen 127.0.0.1:0 --data "$work/data" >"$work/serve.log" 2>&1 &
runner=$!

await 300 listens || fail 'the server named no address it listens on'
await 30 ready || fail "http://$address/readyz did not answer 200"
echo "go run ./cmd/tokenwright serve --dev: ready at http://$address"

server="$(children_of "$runner")"
[[ -n "${server// /}" ]] || fail 'the running server was not found'
# shellcheck disable=SC2086 # a list of process ids
kill -TERM $server
status=0
wait "$runner" || status=$?
server=""
runner=""
[[ $status -eq 0 ]] || fail "the server ended with status $status on SIGTERM"
echo 'SIGTERM: ended with status 0'

make check-fast
