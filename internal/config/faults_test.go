package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAllFaultsAreReportedAtOnceWithTheirLines(t *testing.T) {
	_, _, faults := setting{
		yaml: `listen: 7080
public_url: https://tokens.example.com/?a=b
databse: sqlite:x
trusted_proxies: [10.0.0.1/8, nobody]
roles:
  reader: [access-tokens:service:read, everything]
bindings:
  - {role: raeder, to: [alice]}
  - role: reader
    to: [user:default/alice]
    groups: []
kinds:
  service:
    default_lifetime: 60d
    max_lifetime: 30d
    prefix: pv_live
    scopes:
      - {id: "catalog:read", description: again, plugin: catalog}
      - {id: "my scope", description: bad, plugin: mine}
      - {id: "mine:read"}
      - {id: "mine:read", description: d, plugin: p}
verify: {lease: 25h, cache_ttl: -1s, cache_entries: many}
rules:
  - {path: api, methods: [get], kinds: [robot], scopes: []}
  - {path: /open, public: true, scopes: [a]}
log: {level: loud, format: xml}
oauth: {client_metadata: {allowed_client_id_patterns: ["https://*/x"], allowed_redirect_uri_patterns: ["https://a.example"]}}
`,
		env:   map[string]string{"TOKENWRIGHT_DATA": "", "TOKENWRIGHT_LIMITS_REQUESTS_PER_MINUTE": "0"},
		flags: map[string]string{"ops-listen": "7081", "colour": "red"},
	}.load(t)
	want := `t.yaml:1: listen: must be text; put it in quotes
t.yaml:2: public_url: must have neither a query (?) nor a fragment (#)
t.yaml:3: databse: unknown key; did you mean database?
t.yaml:4: trusted_proxies[0]: has address bits behind its length; write 10.0.0.0/8 or a single address
t.yaml:4: trusted_proxies[1]: must be a network such as 10.0.0.0/8 or an address such as 10.1.2.3
t.yaml:6: roles.reader[1]: there is no such permission; use one of access-tokens:service:read, access-tokens:service:write, access-tokens:service:revoke, access-tokens:user:read, access-tokens:user:write, access-tokens:user:revoke, access-tokens:user-admin:read, access-tokens:user-admin:write, access-tokens:user-admin:revoke, access-tokens:introspect, access-tokens:feed:read, access-tokens:audit:read, access-tokens:client:register, access-tokens:admin
t.yaml:8: bindings[0].role: there is no such role; use one of administrator, auditor, user, reader
t.yaml:8: bindings[0].to[0]: must be user:<namespace>/<name>, group:<namespace>/<name>, service-token:group:<namespace>/<name>:<token name> or external:<peer>
t.yaml:11: bindings[1].groups: the list is empty; name groups, or leave groups out to bind the role for the tokens of every owner
t.yaml:14: kinds.service.default_lifetime: default_lifetime (60d) is longer than max_lifetime (30d); lower the one or raise the other
t.yaml:16: kinds.service.prefix: kinds service and user have the same prefix pv_live; give each its own
t.yaml:18: kinds.service.scopes[0].id: catalog:read is a built-in scope already; remove one
t.yaml:19: kinds.service.scopes[1].id: "my scope" must consist of printable ASCII without space, quote and backslash (RFC 6749 section 3.3)
t.yaml:20: kinds.service.scopes[2].description: is required
t.yaml:20: kinds.service.scopes[2].plugin: is required
t.yaml:21: kinds.service.scopes[3].id: mine:read is kinds.service.scopes[2] already; remove one
t.yaml:22: verify.cache_entries: must be a whole number, written in digits
t.yaml:22: verify.lease: must be between 1ms and 1d, not 25h
t.yaml:22: verify.cache_ttl: must not be negative; 0 means no caching
t.yaml:24: rules[0].path: path "api" must begin with a slash
t.yaml:24: rules[0].methods[0]: must be a method in capitals, such as GET
t.yaml:24: rules[0].kinds[0]: must be one of service, workspace, user, peer
t.yaml:24: rules[0].scopes: the list is empty; name something or leave it out
t.yaml:25: rules[1].public: opens the path to everybody, yet the rule has demands; remove public or the demands
t.yaml:26: log.level: must be debug, info, warn or error
t.yaml:26: log.format: must be one of json, text
t.yaml:27: oauth.client_metadata.allowed_client_id_patterns[0]: must be an https address with a path; stars may stand in the path alone
t.yaml:27: oauth.client_metadata.allowed_redirect_uri_patterns[0]: must be an address with a path; stars may stand in the path alone
TOKENWRIGHT_DATA: data: is set but empty; give it a value or do not set it
TOKENWRIGHT_LIMITS_REQUESTS_PER_MINUTE: limits.requests_per_minute: must be between 1 and 1000000, not 0
--colour: this flag sets no key of the configuration
--ops-listen: ops_listen: must be host:port, such as 127.0.0.1:7080 or [::1]:7080`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(faults, "\n")); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestFault(t *testing.T) {
	tests := []struct{ name, yaml, want string }{
		{"not YAML", "listen: [\n", "t.yaml:2: is not YAML: did not find expected node content"},
		{"cut in the middle of a key", "data: x\npublic_u", "t.yaml:3: is not YAML: could not find expected"},
		{"a list at the top", "- a\n", "t.yaml:1: must hold settings of the form \"key: value\""},
		{"comments alone", "# nothing\n", "t.yaml: holds no setting, only comments or blank lines; write settings into it or do not name it"},
		{"two documents", "data: a\n---\ndata: b\n", "t.yaml:2: holds more than one YAML document, or something that is not YAML follows the first; keep one"},
		{"a key without a value", "data:\n", "t.yaml:1: data: has no value; give it one or remove the key"},
		{"an empty text", "data: ''\n", "t.yaml:1: data: is empty; give it a value or remove the key"},
		{"a key twice", "data: a\nlisten: 'localhost:1'\ndata: b\n", "t.yaml:3: data: is given twice, first in line 1; keep one"},
		{"an anchor", "data: &a x\n", "t.yaml:1: data: uses a YAML anchor or alias, which are not read here; write the value out (in quotes when it begins with & or *)"},
		{
			"an alias", "roles: {a: &a [access-tokens:admin]}\nbindings: *a\n",
			"t.yaml:1: roles.a: uses a YAML anchor or alias, which are not read here; write the value out (in quotes when it begins with & or *)\n" +
				"t.yaml:2: bindings: uses a YAML anchor or alias, which are not read here; write the value out (in quotes when it begins with & or *)",
		},
		{"a merge key", "verify: {<<: {lease: 1s}}\n", "t.yaml:1: verify.(a key that is not a name): unknown key; known here: lease, cache_entries, cache_ttl, trust_clock"},
		{"a section where text belongs", "data: {a: b}\n", "t.yaml:1: data: must be a single value, not a list or a section"},
		{"text where a section belongs", "verify: fast\n", "t.yaml:1: verify: must be a section of the form \"key: value\""},
		{"text where a list belongs", "trusted_proxies: 10.0.0.0/8\n", "t.yaml:1: trusted_proxies: must be a list, such as [first, second]"},
		{"a key of the reference", "kinds: {service: {maxTokenLifetimeDays: 3}}\n", "t.yaml:1: kinds.service.maxTokenLifetimeDays: unknown key; known here: prefix, default_lifetime, max_lifetime, scopes, name_reuse, expiring_window, max_per_owner"},
		{"a key in another spelling", "publicUrl: 'https://a.example'\n", "t.yaml:1: publicUrl: unknown key; did you mean public_url?"},
		{"yes is not true", "dev: yes\n", "t.yaml:1: dev: must be true or false"},

		{"dev outside loopback", "dev: true\nlisten: 0.0.0.0:7080\n", "t.yaml:1: dev: seeds demonstration users, so it needs a loopback address to listen on, such as 127.0.0.1:7080; change listen (now 0.0.0.0:7080) or leave dev out"},
		{"dev on every address", "dev: true\nlisten: ':7080'\n", "t.yaml:1: dev: seeds demonstration users, so it needs a loopback address to listen on, such as 127.0.0.1:7080; change listen (now :7080) or leave dev out"},
		{"one address for two listeners", "ops_listen: 127.0.0.1:7080\n", "t.yaml:1: ops_listen: is the same address as listen; give it a port of its own"},
		{"a port out of range", "listen: 'localhost:70000'\n", "t.yaml:1: listen: must end in a port from 0 to 65535, such as 127.0.0.1:7080"},
		{"a fragment in the public URL", "public_url: 'https://a.example/#'\n", "t.yaml:1: public_url: must have neither a query (?) nor a fragment (#)"},
		{"a host with a port", "public_url: 'https://a.example'\nhosts: ['tokenwright:7080']\n", "t.yaml:2: hosts[0]: must be a name such as tokenwright.internal, without scheme and port"},
		{"a public URL without a host", "public_url: 'https:a.example'\n", "t.yaml:1: public_url: must be a URL such as https://tokens.example.com"},
		{"a public URL of another scheme", "public_url: 'ftp://a.example'\n", "t.yaml:1: public_url: must be a URL such as https://tokens.example.com"},

		{"a data folder that is no path to SQLite", "data: 'a?b'\n", "t.yaml:1: data: must be a folder whose path holds neither ? nor # nor :memory:"},
		{"another database", "database: mysql://a/b\n", "t.yaml:1: database: must be sqlite:PATH or postgres://user@host/database"},
		{"a database in memory", "database: 'sqlite::memory:'\n", "t.yaml:1: database: must be a file: an SQLite database in memory would forget what was revoked"},
		{"a database without a file", "database: 'sqlite:'\n", "t.yaml:1: database: names no file; write sqlite:PATH"},
		{"a database with options", "database: 'sqlite:a.db?mode=ro'\n", "t.yaml:1: database: must be sqlite:PATH without options"},
		{"a database without a host", "database: 'postgres:///db'\n", "t.yaml:1: database: names no host; write postgres://user@host/database"},

		{"a lifetime without a unit", "kinds: {service: {max_lifetime: 30}}\n", "t.yaml:1: kinds.service.max_lifetime: must be a duration such as 90s, 12h, 30d or 2w, at most 106751d"},
		{"a lifetime that would wrap round (T-08)", "kinds: {service: {max_lifetime: 106752d}}\n", "t.yaml:1: kinds.service.max_lifetime: must be a duration such as 90s, 12h, 30d or 2w, at most 106751d"},
		{"a maximum that is no number of days", "kinds: {service: {max_lifetime: 36h}}\n", "t.yaml:1: kinds.service.max_lifetime: must be a whole number of days, such as 30d"},
		{"a default of nothing", "kinds: {service: {default_lifetime: 0}}\n", "t.yaml:1: kinds.service.default_lifetime: must be longer than 0"},
		{"a default role that is none", "default_role: nobody\n", "t.yaml:1: default_role: there is no such role; use none or one of administrator, auditor, user"},
		{"a default role for everybody that administers", "default_role: administrator\n", "t.yaml:1: default_role: role administrator holds access-tokens:service:write, access-tokens:user-admin:write, access-tokens:admin, access-tokens:workspace:write, which cannot be given to everybody; bind it to those who are meant"},
		{"a personal default above the maximum", "kinds: {personal: {default_lifetime: 366d}}\n", "t.yaml:1: kinds.personal.default_lifetime: default_lifetime (366d) is longer than max_lifetime (365d); lower the one or raise the other"},
		{"a workspace maximum above a year", "kinds: {workspace: {max_lifetime: 366d}}\n", "t.yaml:1: kinds.workspace.max_lifetime: must be between 1d and 365d, not 366d"},
		{"an expiring window of 91 days (SVC-08)", "kinds: {service: {expiring_window: 91d}}\n", "t.yaml:1: kinds.service.expiring_window: must be between 1d and 90d, not 91d"},
		{"an unknown rule of name reuse (SVC-16)", "kinds: {service: {name_reuse: always}}\n", "t.yaml:1: kinds.service.name_reuse: must be one of never, after_revocation, after_end"},
		{"a quota of nothing (SVC-42)", "kinds: {service: {max_per_owner: 0}}\n", "t.yaml:1: kinds.service.max_per_owner: must be between 1 and 10000000, not 0"},
		{"a prefix with capitals", "kinds: {service: {prefix: BSAT}}\n", "t.yaml:1: kinds.service.prefix: must be 2 to 16 characters: a lower-case letter, then lower-case letters, digits or underscores"},
		{"a scope of 101 characters (SVC-13)", "kinds: {service: {scopes: [{id: " + strings.Repeat("a", 101) + ", description: d, plugin: p}]}}\n", "t.yaml:1: kinds.service.scopes[0].id: has 101 characters; at most 100 are allowed"},
		{"a permission twice", "kinds: {user: {permissions: [a, a]}}\n", "t.yaml:1: kinds.user.permissions[1]: a is in the list already; remove one"},

		{"a path that is never matched", "rules: [{path: /a/../b}]\n", "t.yaml:1: rules[0].path: path \"/a/../b\" can be read in two ways: write it without a query, without escapes of / \\ . % ;, without dot segments and empty segments"},
		{"a double slash", "rules: [{path: /a//b}]\n", "t.yaml:1: rules[0].path: path \"/a//b\" can be read in two ways: write it without a query, without escapes of / \\ . % ;, without dot segments and empty segments"},
		{"an encoded slash", "rules: [{path: /a%2fb}]\n", "t.yaml:1: rules[0].path: path \"/a%2fb\" can be read in two ways: write it without a query, without escapes of / \\ . % ;, without dot segments and empty segments"},
		{"a wildcard within a segment", "rules: [{path: /a*}]\n", "t.yaml:1: rules[0].path: path \"/a*\": * stands for a whole segment, ** for the rest at the end"},
		{"a double wildcard in the middle", "rules: [{path: '/**/a'}]\n", "t.yaml:1: rules[0].path: path \"/**/a\": * stands for a whole segment, ** for the rest at the end"},
		{"a demand on bodies without a member", "rules: [{path: /a, body: [{scopes: [a]}]}]\n", "t.yaml:1: rules[0].body[0].where: is missing; name a member of the body and its text"},
		{"a demand on bodies for nothing", "rules: [{path: /a, body: [{where: {a: b}}]}]\n", "t.yaml:1: rules[0].body[0].scopes: is missing; a demand without scopes demands nothing"},
		{"an unknown content", "rules: [{path: /a, content: xml}]\n", "t.yaml:1: rules[0].content: must be one of transaction, event, operations"},
		{"an unknown ready set", "rules: [{use: huly, path: /a}]\n", "t.yaml:1: rules[0].use: use \"huly\" is unknown: write workspace"},
		{"a ready set with demands", "rules: [{use: workspace, scopes: [a]}]\n", "t.yaml:1: rules[0].use: a rule with use can have path beside it, and nothing else"},
		{"an empty list of secrets", "kinds: {workspace: {secrets: []}}\n", "t.yaml:1: kinds.workspace.secrets: the list is empty; name a secret, or leave it out for one that the server makes"},
		{"a secret without a place", "kinds: {workspace: {secrets: [{}]}}\n", "t.yaml:1: kinds.workspace.secrets[0]: names no secret; give secret_file or secret_env"},
		{"a prefix for JWTs", "kinds: {workspace: {prefix: ws}}\n", "t.yaml:1: kinds.workspace.prefix: unknown key; known here: default_lifetime, max_lifetime, max_per_owner, secrets, rpc_path, rpc_listen, require_scopes, trust_host_tokens, max_body, delete_names"},
		{"host tokens without a secret", "kinds: {workspace: {trust_host_tokens: true}}\n", "t.yaml:1: kinds.workspace.trust_host_tokens: needs kinds.workspace.secrets: nobody else knows the secret that the server makes"},

		{"an issuer over http", "sign_in: {issuers: [{issuer: 'http://a.example', jwks_uri: 'http://127.0.0.1/k', audience: a, type: t}]}\n", "t.yaml:1: sign_in.issuers[0].issuer: must be https; http is accepted for loopback addresses alone"},
		{"an issuer without an audience", "sign_in: {issuers: [{issuer: 'https://a.example', jwks_uri: 'https://a.example/k', type: t}]}\n", "t.yaml:1: sign_in.issuers[0].audience: is required"},
		{"a subject that makes one user of all", "sign_in: {oidc: {issuer: 'https://a.example', client_id: c, client_secret_env: S, subject: 'user:default/a'}}\n", "t.yaml:1: sign_in.oidc.subject: must be a user ref with a claim in braces, such as user:default/{preferred_username}"},
		{"a provider without a secret", "sign_in: {oidc: {issuer: 'https://a.example', client_id: c}}\n", "t.yaml:1: sign_in.oidc: names no client secret; give client_secret_file or client_secret_env"},
		{"one issuer in two entries", "sign_in:\n  issuers:\n    - {issuer: 'https://a.example', jwks_uri: 'https://a.example/k', audience: a, type: t}\n    - {issuer: 'https://a.example', jwks_uri: 'https://a.example/k', audience: b, type: t}\n", "t.yaml:4: sign_in.issuers[1].issuer: is the issuer of sign_in.issuers[0] too; keep one entry"},
		{"a cache that never forgets", "verify: {cache_ttl: 2d}\n", "t.yaml:1: verify.cache_ttl: must be at most 24h"},
		{"a permission that is no name", "kinds: {user: {permissions: [Upload]}}\n", "t.yaml:1: kinds.user.permissions[0]: must be a lower-case letter, then lower-case letters, digits or underscores, at most 64 characters"},
		{"no permission at all", "kinds: {user: {permissions: []}}\n", "t.yaml:1: kinds.user.permissions: the list is empty; name at least one permission or leave it out"},
		{"a scope without an id", "kinds: {service: {scopes: [{description: d, plugin: p}]}}\n", "t.yaml:1: kinds.service.scopes[0].id: is required"},
		{"two scopes in one text", "rules: [{path: /a, any_scope: ['a b']}]\n", "t.yaml:1: rules[0].any_scope[0]: must be one scope of at most 100 characters: printable ASCII without space, quote and backslash"},
		{"an upgrade that is not known", "rules: [{path: /a, upgrade: h2c}]\n", "t.yaml:1: rules[0].upgrade: must be one of websocket"},
		{"a network in the wrong clothes", "trusted_proxies: ['::ffff:10.0.0.0/104']\n", "t.yaml:1: trusted_proxies[0]: must be written as an IPv4 network, without ::ffff:"},
		{"a peer that is no name", "peer: {keys: [{name: A b, secret_env: S}]}\n", "t.yaml:1: peer.keys[0].name: must be 1 to 63 lower-case letters, digits or hyphens"},
		{"a secret in two places", "secrets: {key_file: a, key_env: B}\n", "t.yaml:1: secrets.key_env: stands beside secrets.key_file, which names the same secret; keep one"},
		{"a peer without a secret", "peer: {keys: [{name: a}]}\n", "t.yaml:1: peer.keys[0]: names no secret; give secret_file or secret_env"},
		{"a fixed text without a place", "peer: {external: [{type: static, name: a}]}\n", "t.yaml:1: peer.external[0].options: names no token; give token_file or token_env"},
		{"an external caller of no type", "peer: {external: [{type: foo}]}\n", "t.yaml:1: peer.external[0].type: must be one of static, jwks"},
		{"a shared secret in the wrong list", "peer: {external: [{type: legacy}]}\n", "t.yaml:1: peer.external[0].type: a shared secret is an entry of peer.keys"},
		{"restrictions that would not be applied (PEER-24)", "peer: {external: [{type: static, options: {token_env: T, access_restrictions: [{plugin: a}]}}]}\n", "t.yaml:1: peer.external[0].options.access_restrictions: belongs on the entry, beside options"},
		{"a key set over http", "peer: {external: [{type: jwks, options: {url: 'http://a.example/k'}}]}\n", "t.yaml:1: peer.external[0].options.url: must be https; http is accepted for loopback addresses alone"},
		{"a date that is no time", "peer: {keys: [{name: a, secret_env: S, not_after: '2027-01-01'}]}\n", "t.yaml:1: peer.keys[0].not_after: must be a time such as 2026-12-31T00:00:00Z, in quotes"},
		{"clocks that differ by minutes", "peer: {leeway: 2m}\n", "t.yaml:1: peer.leeway: must be between 0s and 1m, not 2m"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, faults := setting{yaml: test.yaml}.load(t)
			if diff := cmp.Diff(test.want, faults); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWarning(t *testing.T) {
	tests := []struct{ name, yaml, want string }{
		{"nothing to say", "data: x\n", ""},
		{"an old permission", "roles: {r: [service-tokens:write]}\n", "t.yaml:1: roles.r[0]: service-tokens:write is an old name; write access-tokens:service:write"},
		{"no line break at the end", "data: x", "t.yaml: the last line does not end; if the file was cut off, settings are missing"},
		{"a public URL over http", "public_url: http://tokens.example.com\n", "t.yaml:1: public_url: is http: tokens travel readable by anybody on the way; use https"},
		{"hosts without a public URL", "hosts: [tokenwright]\n", "t.yaml:1: hosts: does nothing as long as public_url is not set: every name is served"},
		{"links that nobody can follow", "listen: 0.0.0.0:7080\n", "public_url: is not set, so links begin with http://0.0.0.0:7080, which no other machine can follow"},
		{"metrics for everybody", "ops_listen: 0.0.0.0:9090\n", "t.yaml:1: ops_listen: is not a loopback address: whoever reaches it reads metrics and profiles without a credential"},
		{"everybody is a proxy", "trusted_proxies: [0.0.0.0/0]\n", "t.yaml:1: trusted_proxies[0]: trusts every address, so any client can say it is another; name the proxies alone"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, warnings, faults := setting{yaml: test.yaml}.load(t)
			if faults != "" {
				t.Fatalf("faults:\n%s", faults)
			}
			if diff := cmp.Diff(test.want, warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}
