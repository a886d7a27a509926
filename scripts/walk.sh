#!/usr/bin/env bash
# Walks through the README word for word: starts what its blocks start, runs
# its client block, and compares every status with the one the README promises.
#
#   scripts/walk.sh README.md
#
# The ports are those of the README, so it runs in a network namespace of its
# own where it may, and where it may not it needs them free.
set -euo pipefail

readme="$(realpath "${1:-README.md}")"
cd "$(dirname "$readme")"

if [[ -z "${WALK_ALONE:-}" ]] && unshare -n true 2>/dev/null; then
	export WALK_ALONE=1
	exec unshare -n bash -c 'ip link set lo up && exec "$0" "$@"' "$0" "$readme"
fi

if ! command -v nginx >/dev/null; then
	if [[ "${TOKENWRIGHT_REQUIRE:-}" == 1 ]]; then
		echo 'nginx is not installed'; exit 1
	fi
	exec "$(dirname "$0")/skip.sh" 'nginx is not installed: the walk of the README was not tried'
fi

block() { # block NAME: the commands of the block behind "<!-- walk: NAME -->"
	awk -v name="<!-- walk: $1 -->" '
		$0 == name { found = 1; next }
		found && /^```sh$/ { inside = 1; next }
		inside && /^```$/ { exit }
		inside { print }' "$readme"
}

folder="$(mktemp -d)"
export TOKENWRIGHT_DATA="$folder/data"
groups=()
finish() {
	for leader in "${groups[@]}"; do kill -TERM -- "-$leader" 2>/dev/null || true; done
	wait || true
	rm -rf "$folder"
}
trap finish EXIT

background() { # background NAME: runs a block in a process group of its own
	setsid bash -c "$(block "$1")" >"$folder/$1.log" 2>&1 &
	groups+=("$!")
}

until_answers() { # until_answers URL STATUS NAME
	for _ in $(seq 600); do
		[[ "$(curl -s -o /dev/null -w '%{http_code}' "$1" || true)" == "$2" ]] && return 0
		sleep 0.1
	done
	echo "$1 did not answer $2"; cat "$folder/$3.log"; return 1
}

background server
until_answers http://127.0.0.1:7080/readyz 200 server
background nginx
until_answers http://127.0.0.1:8080/health 200 nginx

block client >"$folder/client.sh"
bash -euo pipefail "$folder/client.sh" >"$folder/client.log"
promised="$(grep -oE '# [0-9]{3}$' "$folder/client.sh" | tr -d '# ')"
answered="$(grep -oE '^HTTP/1.1 [0-9]{3}' "$folder/client.log" | grep -oE '[0-9]{3}$')"
if [[ "$promised" != "$answered" ]]; then
	printf 'the README promises\n%s\nand got\n%s\n' "$promised" "$answered"
	cat "$folder/client.log"
	exit 1
fi
grep -q 'token.revoked' "$folder/client.log"
grep -q 'the log is whole' "$folder/client.log"
echo "the walk of the README works: $(wc -w <<<"$answered") answers as promised"
