// Shows what the callback of a mint left behind the "#" of the address, once.
// It runs in the head, before anything else of the page: what stands in the
// address is gone before there is anybody else to read it.
//
// Anybody can lead a person here with a fragment of their own. So a token is
// shown only if the server has said that it was made in this browser, and of
// messages those alone that there are.
"use strict";
(() => {
  const [key, coded] = location.hash.slice(1).split("=");
  if (key !== "personal-access-tokens-mint" && key !== "personal-access-tokens-mint-error") {
    return;
  }
  history.replaceState(null, "", location.pathname);

  const read = () => {
    try {
      const bytes = atob(coded.replaceAll("-", "+").replaceAll("_", "/"));
      return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
    } catch {
      return null;
    }
  };
  const isText = (value) => typeof value === "string" && value !== "";
  const isMinted = (it) =>
    it.type === "personal-access-tokens-mint-result" && isText(it.flowId) && isText(it.token) &&
    it.metadata && isText(it.metadata.id) && isText(it.metadata.name) && isText(it.metadata.expiresAt);
  const isOurs = (it) => {
    const { arrived } = document.getElementById("minted").dataset;
    return isText(arrived) && it.metadata.id === arrived && it.token.startsWith(arrived + ".");
  };

  const messages = [
    /^OAuth callback missing code or state$/,
    /^OAuth state is unknown or expired; try again$/,
    /^OAuth flow returned error: (invalid_request|unauthorized_client|access_denied|unsupported_response_type|invalid_scope|server_error|temporarily_unavailable)$/,
    /^Failed to complete mint flow; try again$/,
    /^You already have the most personal tokens allowed$/,
    /^expiresAt must be in the future$/,
  ];
  const nameTaken = /^A token named "(.+)" already exists for this user$/;
  const isMessage = (text) => {
    if (!isText(text)) {
      return false;
    }
    const [, name] = nameTaken.exec(text) ?? [];
    return messages.some((known) => known.test(text)) ||
      [...document.querySelectorAll("#tokens td:first-child")].some((cell) => cell.textContent === name);
  };

  const say = (id, text) => { document.getElementById(id).textContent = text; };
  const fail = (text) => {
    say("failed", text);
    document.getElementById("failed").hidden = false;
  };
  const show = (it) => {
    const section = document.getElementById("minted");
    say("minted-name", it.metadata.name);
    say("minted-expires", it.metadata.expiresAt);
    say("minted-token", it.token);
    section.hidden = false;
    const forget = () => {
      say("minted-token", "");
      section.hidden = true;
    };
    document.getElementById("minted-close").addEventListener("click", forget);
    addEventListener("pagehide", forget); // nor is it there on the way back
  };

  const it = read();
  addEventListener("DOMContentLoaded", () => {
    if (!document.getElementById("minted")) {
      return; // this is another page, such as one that refuses
    }
    if (key.endsWith("-error")) {
      fail(it && isMessage(it.message) ? it.message : "No token was made. Try again.");
    } else if (it && isMinted(it) && isOurs(it)) {
      show(it);
    } else {
      fail("There is no token to show that was made here a moment ago. If you have made one, revoke it and make another.");
    }
  });
})();
