#!/usr/bin/env bash
# Runs every fuzz target, one after the other.
#
#   scripts/fuzz.sh TIME PACKAGE...
#
# Their seeds run with the ordinary tests; this looks for new inputs. A found
# input is left in the package's testdata/fuzz: commit it with the repair.
set -euo pipefail

time="$1"
shift

failed=0
for package in $(go list "$@"); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "==> $package $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package" || failed=$((failed + 1))
	done
done
if [[ $failed -ne 0 ]]; then
	echo "$failed fuzz targets failed"
	exit 1
fi
