package admin

import (
	"net/http"

	"github.com/tokenwright/tokenwright/api"
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
	t, err := s.find(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	req.Kind, req.TokenID = t.Kind, t.ID
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
	t, err := s.find(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	revoked, err := s.Authority.Revoke(r.Context(), r.Principal, t.Kind, token.Revocation{TokenID: t.ID, Reason: reason})
	if err != nil {
		return err
	}
	return s.answer(w, revoked)
}

func (s surface) disable(w http.ResponseWriter, r *web.Request) error {
	return s.setDisabled(w, r, true)
}

func (s surface) enable(w http.ResponseWriter, r *web.Request) error {
	return s.setDisabled(w, r, false)
}

func (s surface) setDisabled(w http.ResponseWriter, r *web.Request, disabled bool) error {
	if f := body(r); f.err != nil {
		return f.err
	}
	t, err := s.find(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	change := s.Authority.Enable
	if disabled {
		change = s.Authority.Disable
	}
	changed, err := change(r.Context(), r.Principal, t.Kind, t.ID)
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
