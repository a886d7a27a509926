package client

import (
	"context"

	"github.com/tokenwright/tokenwright/api"
)

// Users lists the users of the built-in directory.
func (c *Client) Users(ctx context.Context) ([]api.User, error) {
	list, err := get[api.Users](ctx, c, api.PathUsers, nil)
	return list.Users, err
}

// AddUser adds a user. The name is for people and may be empty.
func (c *Client) AddUser(ctx context.Context, ref, name string) (api.User, error) {
	return post[api.User](ctx, c, api.PathUsers, api.UserRequest{Ref: ref, Name: name})
}

// DisableUser refuses a user everywhere until they are enabled.
func (c *Client) DisableUser(ctx context.Context, ref string) error {
	return act(ctx, c, api.PathUserDisable, api.UserRequest{Ref: ref})
}

// EnableUser undoes DisableUser.
func (c *Client) EnableUser(ctx context.Context, ref string) error {
	return act(ctx, c, api.PathUserEnable, api.UserRequest{Ref: ref})
}

// Groups lists the groups of the built-in directory with their members.
func (c *Client) Groups(ctx context.Context) ([]api.Group, error) {
	list, err := get[api.Groups](ctx, c, api.PathGroups, nil)
	return list.Groups, err
}

// AddGroup adds a group without members.
func (c *Client) AddGroup(ctx context.Context, ref string) (api.Group, error) {
	return post[api.Group](ctx, c, api.PathGroups, api.GroupRequest{Ref: ref})
}

// JoinGroup puts a user into a group.
func (c *Client) JoinGroup(ctx context.Context, group, user string) error {
	return act(ctx, c, api.PathGroupJoin, api.GroupRequest{Ref: group, User: user})
}

// LeaveGroup takes a user out of a group.
func (c *Client) LeaveGroup(ctx context.Context, group, user string) error {
	return act(ctx, c, api.PathGroupLeave, api.GroupRequest{Ref: group, User: user})
}

// Workspaces lists the workspaces with their members.
func (c *Client) Workspaces(ctx context.Context) ([]api.Workspace, error) {
	list, err := get[api.Workspaces](ctx, c, api.PathWorkspaces, nil)
	return list.Workspaces, err
}

// AddWorkspace adds a workspace without members.
func (c *Client) AddWorkspace(ctx context.Context, name string) (api.Workspace, error) {
	return post[api.Workspace](ctx, c, api.PathWorkspaces, api.WorkspaceRequest{Name: name})
}

// DisableWorkspace refuses every token of a workspace until it is enabled.
func (c *Client) DisableWorkspace(ctx context.Context, name string) error {
	return act(ctx, c, api.PathWorkspaceDisable, api.WorkspaceRequest{Name: name})
}

// EnableWorkspace undoes DisableWorkspace.
func (c *Client) EnableWorkspace(ctx context.Context, name string) error {
	return act(ctx, c, api.PathWorkspaceEnable, api.WorkspaceRequest{Name: name})
}

// JoinWorkspace puts a user into a workspace, or changes their role in it.
func (c *Client) JoinWorkspace(ctx context.Context, name string, member api.WorkspaceMember) error {
	return act(ctx, c, api.PathWorkspaceJoin, api.WorkspaceRequest{Name: name, User: member.User, Role: member.Role})
}

// LeaveWorkspace takes a user out of a workspace.
func (c *Client) LeaveWorkspace(ctx context.Context, name, user string) error {
	return act(ctx, c, api.PathWorkspaceLeave, api.WorkspaceRequest{Name: name, User: user})
}
