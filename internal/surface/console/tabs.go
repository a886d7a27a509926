package console

import (
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/policy"
)

// Tabs is the navigation of the whole console. A tab is shown once there is a
// page at its path.
func Tabs() []page.Tab {
	const me, admin = "shell.group.me", "shell.group.admin"
	return []page.Tab{
		{Path: "/", Title: "tab.home", Icon: page.IconHome},
		{Path: "/settings/personal-tokens", Title: "tab.personal", Icon: page.IconKey, Group: me, Permission: string(policy.PersonalRead)},
		{Path: "/settings/workspaces", Title: "tab.my-workspaces", Icon: page.IconBox, Group: me},
		{Path: "/settings/sessions", Title: "tab.sessions", Icon: page.IconScreen, Group: me},
		{Path: servicePath, Title: "tab.service", Icon: page.IconKey, Group: admin, Permission: string(policy.ServiceRead)},
		{Path: "/admin/api-tokens", Title: "tab.user", Icon: page.IconPerson, Group: admin, Permission: string(policy.UserAdminRead)},
		{Path: "/admin/inventory", Title: "tab.inventory", Icon: page.IconGrid, Group: admin, Permission: string(policy.Admin)},
		{Path: "/admin/audit", Title: "tab.audit", Icon: page.IconLog, Group: admin, Permission: string(policy.AuditRead)},
		{Path: "/admin/workspaces", Title: "tab.workspaces", Icon: page.IconBox, Group: admin, Permission: string(policy.Admin)},
		{Path: "/admin/people", Title: "tab.people", Icon: page.IconPeople, Group: admin, Permission: string(policy.Admin)},
		{Path: "/admin/keys", Title: "tab.keys", Icon: page.IconLock, Group: admin, Permission: string(policy.Admin)},
		{Path: "/admin/settings", Title: "tab.settings", Icon: page.IconSettings, Group: admin, Permission: string(policy.Admin)},
		{Path: "/docs/api", Title: "tab.docs", Icon: page.IconBook, Group: "tab.group.help"},
	}
}
