// Shows what the callback of a mint left behind the "#" of the address, once.
// It runs in the head, before anything else of the page: what stands in the
// address is gone before there is anybody else to read it.
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
    it.metadata && isText(it.metadata.name) && isText(it.metadata.expiresAt);

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
    if (it && key.endsWith("-error") && isText(it.message)) {
      fail(it.message);
    } else if (it && !key.endsWith("-error") && isMinted(it)) {
      show(it);
    } else {
      fail("The token cannot be shown. Revoke it and make another.");
    }
  });
})();
