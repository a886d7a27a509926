package directory

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// SearchUsers gives a page of the users who are kept here, by ref.
//
// Errors: token.ErrDenied, token.ErrUnavailable.
func (d *Directory) SearchUsers(ctx context.Context, by token.Principal, q token.UserQuery) (token.UserPage, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return token.UserPage{}, err
	}
	return d.opts.Store.SearchUsers(ctx, q)
}

// FindUser gives a user who is kept here. Users of a catalog are kept here once
// they were disabled here.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound,
// token.ErrUnavailable.
func (d *Directory) FindUser(ctx context.Context, by token.Principal, ref string) (token.User, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return token.User{}, err
	}
	ref, err := userRef(ref)
	if err != nil {
		return token.User{}, err
	}
	u, err := d.opts.Store.FindUser(ctx, ref)
	return u, missing(err, "There is no such user")
}

// SurveyWorkspaces gives a page of workspaces by name, with their sizes.
//
// Errors: token.ErrDenied, token.ErrUnavailable.
func (d *Directory) SurveyWorkspaces(ctx context.Context, by token.Principal, q token.NameQuery) (token.WorkspacePage, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return token.WorkspacePage{}, err
	}
	return d.opts.Store.SurveyWorkspaces(ctx, q)
}

// SurveyGroups gives a page of groups by ref, with their sizes.
//
// Errors: token.ErrDenied, token.ErrUnavailable.
func (d *Directory) SurveyGroups(ctx context.Context, by token.Principal, q token.NameQuery) (token.GroupPage, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return token.GroupPage{}, err
	}
	return d.opts.Store.SurveyGroups(ctx, q)
}

// SearchMembers gives a page of the members of a workspace or a group, by ref.
//
// Errors: token.ErrDenied, token.ErrUnavailable.
func (d *Directory) SearchMembers(ctx context.Context, by token.Principal, q token.MemberQuery) (token.MemberPage, error) {
	if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
		return token.MemberPage{}, err
	}
	return d.opts.Store.SearchMembers(ctx, q)
}

// MembershipsOf gives what a user is in. People see their own, administrators
// those of all.
//
// Errors: token.ErrDenied, token.ErrUnavailable.
func (d *Directory) MembershipsOf(ctx context.Context, by token.Principal, user string) (token.Memberships, error) {
	if own := by.Type == token.PrincipalUser && by.Ref == user; !own {
		if err := d.allow(ctx, by, audit.AccessRefused); err != nil {
			return token.Memberships{}, err
		}
	}
	return d.opts.Store.MembershipsOf(ctx, user)
}
