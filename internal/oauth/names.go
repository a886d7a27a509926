package oauth

// PersonalClient is the id of the built-in client through which people make
// personal tokens. Its only redirect URI is PersonalCallbackPath below the
// public URL (PER-08).
const PersonalClient = "tokenwright-personal"

// Paths below the public URL.
const (
	// Base is where the endpoints are, and with the public URL the issuer.
	Base          = "/api/auth"
	AuthorizePath = Base + "/v1/authorize"
	TokenPath     = Base + "/v1/token"
	RevokePath    = Base + "/v1/revoke"
	UserInfoPath  = Base + "/v1/userinfo"
	RegisterPath  = Base + "/v1/register"
	ConsentPath   = "/oauth2/authorize"
	// CommandLinePath is the document of the reference's command line client.
	CommandLinePath      = Base + "/.well-known/oauth-client/cli.json"
	PersonalCallbackPath = "/api/access-tokens/personal/mint/callback"
)

// Scopes with a meaning of their own. All others are those of the catalogue.
const (
	ScopeOpenID  = "openid"         // an ID token comes with the answer
	ScopeOffline = "offline_access" // a refresh token comes with the answer
)
