#!/usr/bin/env bash
# Runs make targets one after the other and ends with a summary.
#
#   scripts/check.sh STEP...
#
# A failing step does not hide the ones after it; the exit status is 1 when
# any failed. Only a failing install stops everything, because nothing after
# it could tell a fault of the product from a missing program.
set -euo pipefail
cd "$(dirname "$0")/.."

# In CI a missing database or proxy is a fault; elsewhere its tests skip.
if [[ "${CI:-}" == true ]]; then
	export TOKENWRIGHT_REQUIRE=1
fi

TOKENWRIGHT_SKIPS="$(mktemp)"
export TOKENWRIGHT_SKIPS
trap 'rm -f "$TOKENWRIGHT_SKIPS"' EXIT

declare -a rows=()
failed=0
skipped=0

for step in "$@"; do
	purpose="$(sed -nE "s/^$step:.*## (step: )?//p" Makefile)"
	printf '\n==> %s: %s\n' "$step" "$purpose"
	: >"$TOKENWRIGHT_SKIPS"
	started=$SECONDS
	result=ok
	make --silent "$step" || result=FAILED
	reason="$(head -n 1 "$TOKENWRIGHT_SKIPS")"
	if [[ $result == FAILED ]]; then
		failed=$((failed + 1))
		reason=""
	elif [[ -n $reason ]]; then
		result=skipped
		skipped=$((skipped + 1))
	fi
	rows+=("$(printf '%-16s %-8s %4d s  %s' "$step" "$result" $((SECONDS - started)) "$reason")")
	if [[ $step == install && $result == FAILED ]]; then
		break
	fi
done

printf '\n==> summary\n'
printf '%s\n' "${rows[@]}"
printf '%d of %d steps ok, %d failed, %d skipped, %d s\n' \
	$((${#rows[@]} - failed - skipped)) $# "$failed" "$skipped" "$SECONDS"
[[ $failed -eq 0 ]]
