package config

import "strings"

// nearest gives the candidate that differs from name in at most two letters
// (one for short names), or in letter case, hyphens and underscores alone;
// "" when there is none.
func nearest(name string, candidates []string) string {
	const longest = 64 // nobody mistypes more; bounds the work on a hostile file
	if len(name) > longest {
		return ""
	}
	best, fewest := "", 3
	for _, candidate := range candidates {
		if plain(name) == plain(candidate) {
			return candidate
		}
		if n := edits(name, candidate); n < fewest && n*3 <= len(candidate) {
			best, fewest = candidate, n
		}
	}
	return best
}

func plain(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s))
}

// edits counts the letters to insert, delete or replace (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
