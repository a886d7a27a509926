package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// refusedReach is how many rows of usage a search for what was refused most
// reads, the newest first: it costs the same however much is refused.
const refusedReach = 10_000

// ListUsageDays gives how often a token was used, by days of UTC from the one
// that since lies in, oldest first. Days without any use are left out.
func (s *Store) ListUsageDays(ctx context.Context, tokenID string, since time.Time) ([]token.UsageDay, error) {
	rows, err := s.queries().ListUsageDays(ctx, tokenID, micros(dayOf(since)))
	if err != nil {
		return nil, s.explain("list usage", err)
	}
	days := make([]token.UsageDay, len(rows))
	for i, row := range rows {
		days[i] = usageDay(row.Day, row.Allowed, row.Refused)
	}
	return days, nil
}

// ListKindUsageDays is ListUsageDays for all tokens of a kind.
func (s *Store) ListKindUsageDays(ctx context.Context, kind token.Kind, since time.Time) ([]token.UsageDay, error) {
	rows, err := s.queries().ListKindUsageDays(ctx, string(kind), micros(dayOf(since)))
	if err != nil {
		return nil, s.explain("list usage", err)
	}
	days := make([]token.UsageDay, len(rows))
	for i, row := range rows {
		days[i] = usageDay(row.Day, row.Allowed, row.Refused)
	}
	return days, nil
}

// SumUsage adds up how often a token was used from the hour on that since lies
// in; Hour is that hour.
func (s *Store) SumUsage(ctx context.Context, tokenID string, since time.Time) (token.Usage, error) {
	hour := since.UTC().Truncate(time.Hour)
	row, err := s.queries().SumUsage(ctx, tokenID, micros(hour))
	if err != nil {
		return token.Usage{}, s.explain("sum usage", err)
	}
	return token.Usage{
		TokenID: tokenID, Hour: hour,
		Allowed: int(row.Allowed), Refused: int(row.Refused), Former: int(row.Former),
		UsedAt: momentOrNever(row.UsedAt), FormerAt: momentOrNever(row.FormerAt),
	}, nil
}

// ListMostRefused gives the tokens whose uses were refused most often since a
// time, at most limit of them. It looks at the ten thousand newest rows of usage:
// where more was refused, at what was refused last.
func (s *Store) ListMostRefused(ctx context.Context, since time.Time, limit int) ([]token.Refusals, error) {
	rows, err := s.queries().ListMostRefused(ctx, micros(since.UTC().Truncate(time.Hour)), refusedReach, int32(limit))
	if err != nil {
		return nil, s.explain("list refusals", err)
	}
	list := make([]token.Refusals, len(rows))
	for i, row := range rows {
		list[i] = token.Refusals{TokenID: row.TokenID, Kind: token.Kind(row.Kind), Count: int(row.Refused)}
	}
	return list, nil
}

// ListOrigins gives from where a token was used, the latest first; at most
// token.MaxUsedFrom.
func (s *Store) ListOrigins(ctx context.Context, tokenID string) ([]token.UsedFrom, error) {
	rows, err := s.queries().ListOrigins(ctx, tokenID)
	if err != nil {
		return nil, s.explain("list origins", err)
	}
	list := make([]token.UsedFrom, len(rows))
	for i, row := range rows {
		list[i] = token.UsedFrom{TokenID: tokenID, From: row.UsedFrom, At: moment(row.UsedAt)}
	}
	return list, nil
}

func usageDay(day, allowed, refused int64) token.UsageDay {
	return token.UsageDay{Day: time.Unix(day*86400, 0).UTC(), Allowed: int(allowed), Refused: int(refused)}
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

func momentOrNever(at int64) time.Time { return maybe(sql.NullInt64{Int64: at, Valid: at != 0}) }
