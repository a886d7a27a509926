#!/usr/bin/env bash
# Looks for known vulnerabilities in code the product can reach.
#
# The database is a local copy in the layout of vuln.go.dev: a folder, or an
# archive that holds it as db/. TOKENWRIGHT_VULNDB names it. The check never
# goes out to the network, so that the gate gives the same answer everywhere.
set -euo pipefail

source="${TOKENWRIGHT_VULNDB:-../shared/vulndb.tar.xz}"
if [[ ! -e "$source" ]]; then
	scripts/skip.sh "no copy of the vulnerability database ($source); TOKENWRIGHT_VULNDB names one"
	exit 0
fi

database="$source"
if [[ ! -d "$source" ]]; then
	unpacked="$(mktemp -d)"
	trap 'rm -rf "$unpacked"' EXIT
	tar -xf "$source" -C "$unpacked"
	database="$unpacked/db"
fi

go tool -modfile=tools/govulncheck.mod govulncheck -db "file://$(realpath "$database")" ./...
