#!/usr/bin/env bash
# Says why a step is skipped, and leaves the reason for the gate's summary.
#
#   scripts/skip.sh 'plain reason'
set -euo pipefail

echo "skipped: $1"
if [[ -n "${TOKENWRIGHT_SKIPS:-}" ]]; then
	echo "$1" >>"$TOKENWRIGHT_SKIPS"
fi
