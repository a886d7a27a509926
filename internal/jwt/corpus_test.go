package jwt_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryRowOfTheListIsRefused builds, for each row of jwt-cases.tsv, the
// tokens that the row describes, and demands that none of them is accepted.
func TestEveryRowOfTheListIsRefused(t *testing.T) {
	rows := readList(t, "jwt-cases.tsv")
	attacks := attacks()
	for _, row := range rows {
		id, change, _ := strings.Cut(row, "\t")
		t.Run(id, func(t *testing.T) {
			attack, ok := attacks[id]
			if !ok {
				t.Fatalf("no tokens are built for this row: %s", change)
			}
			w := newWorld(t)
			for _, raw := range w.good() {
				must(t, w.verify(raw)) // else the refusals below prove nothing
			}
			raws := attack(w)
			if len(raws) == 0 {
				t.Fatal("the row yields no case")
			}
			for _, raw := range raws {
				wantRefused(t, raw, w.verify(raw))
			}
		})
	}
}

// attacks gives, for each id of the list, what builds its tokens.
func attacks() map[string]func(world) []string {
	return map[string]func(world) []string{
		"J01": noneWithoutSignature, "J02": noneInOtherSpellings, "J03": noneWithSignature, "J04": algOfOtherTypes,
		"J07": guessableSecrets, "J08": keyInTheHeader, "J09": keyByURL, "J10": chainInTheHeader, "J15": withoutKeyID,
		"J17": withCrit, "J18": unencodedPayload, "J19": unencodedWithoutCrit, "J22": jsonSerialisations,
		"J25": wrongSizes, "J26": surrounded, "J28": ecdsaEdges, "J29": cutAndLongMACs, "J30": otherAlgorithms,
		"J31": otherTypes, "J32": otherArtefacts, "J34": otherAudiences, "J35": badExpiry, "J40": everyBit,
		"J41": exchangedSignatures, "J42": badPayloads, "J43": mixedWithOpaque, "J45": shortSecrets,
	}
}

// readList reads a list of hostile input, which stands beside the module.
func readList(t *testing.T, name string) []string {
	t.Helper()
	root, err := os.Getwd()
	must(t, err)
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	data, err := os.ReadFile(filepath.Join(root, "..", "shared", "corpora", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("shared/corpora/%s not found: list test not run", name)
	}
	must(t, err)
	rows := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(rows) < 3 {
		t.Fatalf("%s yields no case", name)
	}
	return rows[2:] // a remark and the names of the columns
}
