package admin

import (
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

func (s surface) rotate(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "overlapSeconds", "expiresAt", "expiresInSeconds")
	req := authority.RotateRequest{Overlap: f.seconds("overlapSeconds"), Expiry: f.expiry(s.Authority.Now())}
	if f.err != nil {
		return f.err
	}
	var err error
	req.TokenID = r.PathValue("id")
	if req.Kind, err = s.Authority.FindKind(r.Context(), r.Principal, req.TokenID, audit.TokenRotated); err != nil {
		return err
	}
	issued, err := s.Authority.Rotate(r.Context(), r.Principal, req)
	if err != nil {
		return err
	}
	return s.handOver(w, http.StatusOK, issued)
}

func (s surface) revoke(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "reason")
	reason := f.text("reason")
	if f.err != nil {
		return f.err
	}
	id := r.PathValue("id")
	kind, err := s.Authority.FindKind(r.Context(), r.Principal, id, audit.TokenRevoked)
	if err != nil {
		return err
	}
	revoked, err := s.Authority.Revoke(r.Context(), r.Principal, kind, token.Revocation{TokenID: id, Reason: reason})
	if err != nil {
		return err
	}
	return s.answer(w, revoked)
}

func (s surface) disable(w http.ResponseWriter, r *web.Request) error {
	return s.setDisabled(w, r, audit.TokenDisabled)
}

func (s surface) enable(w http.ResponseWriter, r *web.Request) error {
	return s.setDisabled(w, r, audit.TokenEnabled)
}

func (s surface) setDisabled(w http.ResponseWriter, r *web.Request, action audit.Action) error {
	if f := body(r); f.err != nil {
		return f.err
	}
	id := r.PathValue("id")
	kind, err := s.Authority.FindKind(r.Context(), r.Principal, id, action)
	if err != nil {
		return err
	}
	change := s.Authority.Enable
	if action == audit.TokenDisabled {
		change = s.Authority.Disable
	}
	changed, err := change(r.Context(), r.Principal, kind, id)
	if err != nil {
		return err
	}
	return s.answer(w, changed)
}

func (s surface) revokeAll(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "owner", "workspace", "kind", "issuedBefore", "reason", "dryRun")
	f.selector("issuedBefore")
	req := authority.RevokeAllRequest{
		Owner: f.selector("owner"), Workspace: f.selector("workspace"), IssuedBefore: f.time("issuedBefore"),
		Reason: f.text("reason"), DryRun: f.flag("dryRun"),
	}
	kind := f.selector("kind")
	if f.err != nil {
		return f.err
	}
	if kind != "" {
		var err error
		if req.Kind, err = token.ParseKind(kind); err != nil {
			return err
		}
	}
	n, err := s.Authority.RevokeAll(r.Context(), r.Principal, req)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.RevokedAll{Tokens: n, DryRun: req.DryRun})
}
