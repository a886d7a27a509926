package audit

// Actions lists all actions, by what they are about.
func Actions() []Action {
	return []Action{
		TokenIssued, TokenRotated, TokenRevoked, TokenDisabled, TokenEnabled, SecretEnded, TokensRevoked,
		TokenImported, TokensImported, TokenAdopted, AccessTokenMade, AccessTokenRevoked,
		AccessRefused, TokenReused, CodeReplayed,
		AuthorizationApproved, AuthorizationRejected, ClientAdded, ClientRemoved,
		LinkMade, LinkUsed, SessionBegun, SessionEnded, SessionsEnded,
		UserAdded, UserDisabled, UserEnabled, IdentityForgotten, GroupsClaimed,
		GroupAdded, GroupJoined, GroupLeft, RoleGranted, RoleWithdrawn,
		WorkspaceAdded, WorkspaceDisabled, WorkspaceEnabled, WorkspaceJoined, WorkspaceLeft,
		PeerDisabled, PeerEnabled, KeyAdded, KeyRetired, KeyRemoved,
	}
}
