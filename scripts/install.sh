#!/usr/bin/env bash
# Installs the Debian packages that the gate uses: compilers for the race
# detector, PostgreSQL, Node.js and the reverse proxies for the tests; and the
# OAuth clients of others in e2e/oauth; and Chromium with what drives it in
# e2e/console. Changes a machine
# only in CI or when TOKENWRIGHT_INSTALL=1 asks for it, and only as root.
set -euo pipefail

if [[ "${CI:-}" != true && "${TOKENWRIGHT_INSTALL:-}" != 1 ]]; then
	echo 'nothing is installed outside CI; TOKENWRIGHT_INSTALL=1 make install does it on Debian'
	exit 0
fi

# has NAME: the program is in PATH or where Debian hides programs of servers.
has() {
	command -v "$1" >/dev/null || compgen -G "/usr/sbin/$1" >/dev/null ||
		compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

missing=()
want() { # want PROGRAM PACKAGE...
	has "$1" || missing+=("${@:2}")
}
want gcc gcc libc6-dev
want make make
want git git
want curl curl ca-certificates
want xz xz-utils
want postgres postgresql
want nginx nginx
want caddy caddy
want ip iproute2
want strace strace

want node nodejs
want npm npm
want chromium chromium fonts-dejavu-core

# The OAuth clients of others that the authorization server is tested with, and
# what drives a browser through the console.
clients() {
	local folder
	for folder in e2e/oauth e2e/console; do
		if [[ ! -d $folder/node_modules ]]; then
			(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund)
		fi
	done
}

if [[ ${#missing[@]} -eq 0 ]]; then
	clients
	echo 'everything is there'
	exit 0
fi
if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
	echo "cannot install ${missing[*]}: this needs root and apt-get" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt() {
	apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@" >/dev/null
}

echo "installing ${missing[*]}"
for attempt in 1 2 3; do
	if apt update && apt install --yes --no-install-recommends "${missing[@]}"; then
		clients
		exit 0
	fi
	echo "attempt $attempt failed" >&2
	sleep $((attempt * 5))
done
echo "could not install ${missing[*]}" >&2
exit 1
