package service

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
)

// wireMetadata is the document by which Backstage's permission framework
// learns which permissions there are.
type wireMetadata struct {
	Permissions []wirePermission `json:"permissions"`
	Rules       []struct{}       `json:"rules"`
}

type wirePermission struct {
	Type       string `json:"type"`
	Name       string `json:"name"`
	Attributes struct {
		Action string `json:"action"`
	} `json:"attributes"`
	ResourceType string `json:"resourceType"`
}

// metadata lists the permissions about service tokens, then those about
// personal tokens where people make them here.
func (h handlers) metadata(w http.ResponseWriter, _ *web.Request) error {
	answer := wireMetadata{Permissions: wirePermissions(policy.ServicePermissions(), policy.ServiceResourceType), Rules: []struct{}{}}
	if h.personal {
		answer.Permissions = append(answer.Permissions, wirePermissions(policy.PersonalPermissions(), policy.PersonalResourceType)...)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

func wirePermissions(list []policy.Permission, resourceType string) []wirePermission {
	out := make([]wirePermission, len(list))
	for i, p := range list {
		out[i] = wirePermission{Type: "resource", Name: string(p), ResourceType: resourceType}
		out[i].Attributes.Action = p.Action()
	}
	return out
}
