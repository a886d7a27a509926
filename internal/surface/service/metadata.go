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

func metadata(w http.ResponseWriter, _ *web.Request) error {
	answer := wireMetadata{Permissions: []wirePermission{}, Rules: []struct{}{}}
	for _, p := range policy.ServicePermissions() {
		one := wirePermission{Type: "resource", Name: string(p), ResourceType: policy.ServiceResourceType}
		one.Attributes.Action = p.Action()
		answer.Permissions = append(answer.Permissions, one)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
