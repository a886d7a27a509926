package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
)

func TestManual(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("ROWS"))
	if n == 0 {
		t.Skip()
	}
	path := filepath.Join(os.Getenv("DIR"), "tokens.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	must(t, err)
	defer s.Close()
	private, _, _ := note.GenerateKey(nil, "x/log")
	sg, _ := note.NewSigner(private)
	must(t, s.NameLog(t.Context(), "x/log"))
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	began := time.Now()
	now := base.Add(time.Duration(n) * time.Second)
	if os.Getenv("SEEDED") == "" {
	rawdb, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(50000)&_pragma=synchronous(OFF)&_pragma=cache_size(-400000)")
	must(t, err)
	rawdb.SetMaxOpenConns(1)
	q := func(x string, args ...any) {
		if _, err := rawdb.Exec(x, args...); err != nil {
			t.Fatal(err)
		}
	}
	q(`WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM s WHERE i < ?-1),
	r AS (SELECT i, lower(hex(randomblob(16))) AS id, ? + i*1000000 AS c, (abs(random()) % 365)*86400000000 AS life FROM s),
	x AS (SELECT *, CASE WHEN i%40=0 THEN 'revoked' WHEN c+life <= ? THEN 'expired' WHEN i%50=0 THEN 'disabled' ELSE 'live' END AS class FROM r)
	INSERT INTO tokens SELECT id,id,'service',class,'n'||i,'n'||i,'does something useful '||i,'bsat_'||substr(id,1,7),'n'||i||' does something useful '||i, 'group:default/g'||(i%200),'','service-token:x','read:a','user:default/admin',c,c+life,
	  CASE WHEN i%3=0 THEN c+3600000000 END, CASE WHEN i%50=0 THEN c END, CASE WHEN i%40=0 THEN c END, '','' FROM x`, n, base.UnixMicro(), now.UnixMicro())
	q(`INSERT INTO secrets SELECT CAST(id||'' AS BLOB), id, created_at, NULL FROM tokens`)
	for _, owner := range []string{"owner", "''"} {
		for _, lv := range []int{30, 36, 42, 63} {
			q(fmt.Sprintf(`INSERT INTO token_counts SELECT kind, %s, class, %d, expires_at >> %d AS b, count(*) FROM tokens GROUP BY kind, %s, class, b`, owner, lv, lv, owner))
		}
	}
	q("PRAGMA wal_checkpoint(TRUNCATE)")
	rawdb.Close()
	}
	fmt.Println("seeded in", time.Since(began))
	_ = sg
	med := func(name string, f func()) {
		var d []time.Duration
		for range 31 {
			a := time.Now()
			f()
			d = append(d, time.Since(a))
		}
		sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
		fmt.Printf("%-40s %v (p90 %v)\n", name, d[15], d[28])
	}
	for _, sortBy := range []token.SortBy{token.SortCreatedAt, token.SortExpiresAt, token.SortLastUsedAt, token.SortName, token.SortOwner} {
		for _, asc := range []bool{false, true} {
			q := token.Query{Kind: token.KindService, Now: now, Window: 14 * 24 * time.Hour, Sort: sortBy, Asc: asc, Limit: 50}
			med(fmt.Sprintf("%s asc=%v", sortBy, asc), func() {
				p, err := s.ListTokens(t.Context(), q)
				must(t, err)
				if len(p.Tokens) != 50 || p.Total != n {
					t.Errorf("%d %d", len(p.Tokens), p.Total)
				}
			})
		}
	}
	for _, st := range token.States() {
		for _, sortBy := range []token.SortBy{token.SortCreatedAt, token.SortExpiresAt, token.SortName} {
		q := token.Query{Kind: token.KindService, Now: now, Window: 14 * 24 * time.Hour, States: []token.State{st}, Sort: sortBy, Limit: 50}
		tot := 0
		med("state "+string(st)+" by "+string(sortBy), func() {
			p, err := s.ListTokens(t.Context(), q)
			must(t, err)
			tot = p.Total
		})
		fmt.Println("   total", tot)
		}
	}
	tq := token.Query{Kind: token.KindService, Owner: "group:default/g7", Now: now, Limit: 50}
	med("owner", func() { s.ListTokens(t.Context(), tq) })
	tq.Owner, tq.Owners = "", []string{"group:default/g7", "group:default/g8", "group:default/g9"}
	med("3 owners", func() { s.ListTokens(t.Context(), tq) })
	tq = token.Query{Kind: token.KindService, Now: now, Limit: 50, NoTotal: true}
	med("no total", func() { s.ListTokens(t.Context(), tq) })
	tq.Limit, tq.NoTotal = 0, false
	med("total alone", func() { s.ListTokens(t.Context(), tq) })
	tq = token.Query{Kind: token.KindService, Now: now, Limit: 50, Text: "useful " + strconv.Itoa(n/2)}
	med("search", func() { s.ListTokens(t.Context(), tq) })
	med("count covered", func() { s.CountCovered(t.Context(), token.Mark{NotBefore: now, CreatedAt: now}) })
	med("list entries", func() { s.ListEntries(t.Context(), audit.Query{Limit: 50}) })
	p, _ := s.ListTokens(t.Context(), token.Query{Kind: token.KindService, Now: now, Limit: 50})
	i := 0
	var d token.Digest
	copy(d[:], p.Tokens[7].ID)
	med("find by digest x100", func() {
		for range 100 {
			i++
			s.FindByDigest(t.Context(), d)
		}
	})
	one := func() {
		id := token.NewID()
		tk := token.Token{ID: id, Family: token.FamilyID(id), Kind: token.KindService, Name: id, Description: "d", Owner: "group:default/g1", CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
		e := audit.NewEntry(audit.TokenIssued, token.Principal{Ref: "user:default/admin"}, now).About(tk)
		must(t, s.CreateToken(t.Context(), token.New{Token: tk, Digest: token.Digester{}.Digest(id)}, e))
	}
	med("one issue", one)
	st, _ := os.Stat(path)
	fmt.Println("file MB", st.Size()>>20)
}
