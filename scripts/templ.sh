#!/usr/bin/env bash
# Makes the pages from their templates, each in its own folder.
#
#   scripts/templ.sh          formats the templates and makes the pages anew
#   scripts/templ.sh check    changes nothing, and fails where a page is not the
#                             one that its template makes
set -euo pipefail
cd "$(dirname "$0")/.."

templ=(go tool -modfile=tools/templ.mod templ)
folders=()
while IFS= read -r folder; do
	folders+=("$folder")
done < <(find internal -name '*.templ' -printf '%h\n' | sort -u)

if [[ "${1:-}" != check ]]; then
	for folder in "${folders[@]}"; do
		"${templ[@]}" fmt "$folder"
		"${templ[@]}" generate -path "$folder"
	done
	exit 0
fi

copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
status=0
fault() {
	echo "$1; mend with: make generate"
	status=1
}
for folder in "${folders[@]}"; do
	mkdir -p "$copy/$folder"
	cp "$folder"/*.templ "$copy/$folder/"
	"${templ[@]}" generate -path "$copy/$folder" >/dev/null 2>&1
	for made in "$copy/$folder"/*_templ.go; do
		cmp -s "$made" "$folder/${made##*/}" || fault "$folder/${made##*/} is not what its template makes"
	done
done
while IFS= read -r page; do
	[[ -e "${page%_templ.go}.templ" ]] || fault "$page has no template"
done < <(find internal -name '*_templ.go')
exit "$status"
