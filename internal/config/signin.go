package config

import "time"

// SignIn says how people and foreign services prove who they are.
type SignIn struct {
	OIDC     *OIDC    `yaml:"oidc"` // nil: no sign-in through a provider
	Sessions Sessions `yaml:"sessions"`
	Issuers  []Issuer `yaml:"issuers"` // none: no foreign JWT is accepted
}

// OIDC is a provider at which people sign in.
type OIDC struct {
	Issuer           string `yaml:"issuer"`             // required
	ClientID         string `yaml:"client_id"`          // required
	ClientSecretFile string `yaml:"client_secret_file"` // this or the next, not both
	ClientSecretEnv  string `yaml:"client_secret_env"`
	// Scopes are asked for. Default [openid, profile, email].
	Scopes []string `yaml:"scopes"`
	// Subject is the user ref, with claims in braces. Default
	// "user:default/{preferred_username}".
	Subject string `yaml:"subject"`
	// GroupsClaim names the claim with the groups. Default "": none.
	GroupsClaim string `yaml:"groups_claim"`
	// CreateUsers adds who signs in and is not known yet. Default false.
	CreateUsers bool `yaml:"create_users"`
}

// ClientSecret gives the reference to the client's secret.
func (o OIDC) ClientSecret() SecretRef { return SecretRef{o.ClientSecretFile, o.ClientSecretEnv} }

// Sessions bounds how long people stay signed in.
type Sessions struct {
	// Lifetime of a session at the most. Default 12h.
	Lifetime time.Duration `yaml:"lifetime"`
	// Idle is how long a session lasts without being used. Default 1h.
	Idle time.Duration `yaml:"idle"`
}
