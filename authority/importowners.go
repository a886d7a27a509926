package authority

import "context"

// remembered asks a directory once about each owner of a file.
type remembered struct {
	Directory
	groups, users map[string]bool
}

// HasGroup implements Directory.
func (r *remembered) HasGroup(ctx context.Context, ref string) (bool, error) {
	return once(&r.groups, ref, func() (bool, error) { return r.Directory.HasGroup(ctx, ref) })
}

// UserActive implements Directory.
func (r *remembered) UserActive(ctx context.Context, ref string) (bool, error) {
	return once(&r.users, ref, func() (bool, error) { return r.Directory.UserActive(ctx, ref) })
}

func once(known *map[string]bool, ref string, ask func() (bool, error)) (bool, error) {
	if answer, ok := (*known)[ref]; ok {
		return answer, nil
	}
	answer, err := ask()
	if err != nil {
		return false, err
	}
	if *known == nil {
		*known = map[string]bool{}
	}
	(*known)[ref] = answer
	return answer, nil
}

// everybody is the directory of tokens that have ended.
type everybody struct{}

// HasGroup implements Directory.
func (everybody) HasGroup(context.Context, string) (bool, error) { return true, nil }

// UserActive implements Directory.
func (everybody) UserActive(context.Context, string) (bool, error) { return true, nil }

// GroupsOf implements Directory.
func (everybody) GroupsOf(context.Context, string) ([]string, error) { return nil, nil }
