// Shows what the callback of a mint left behind the "#" of the address, once.
// It runs in the head, before anything else of the page: what stands in the
// address is gone before there is anybody else to read it.
//
// Anybody can lead a person here with a fragment of their own. So a token is
// shown only if the server has said that it was made in this browser, and of
// messages none is repeated: the page has words of its own for those there are.
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
    it.metadata && isText(it.metadata.id) && isText(it.metadata.name) && !Number.isNaN(Date.parse(it.metadata.expiresAt));
  const isOurs = (it) => {
    const place = document.getElementById("minted");
    return place && place.dataset.arrived.split(" ").includes(it.metadata.id) && it.token.startsWith(it.metadata.id + ".");
  };

  // Messages of the callback, and what the page calls its words for them.
  const causes = [
    [/^OAuth state is unknown or expired; try again$/, "unknown"],
    [/^OAuth flow returned error: access_denied$/, "denied"],
    [/^OAuth flow returned error: (invalid_request|unauthorized_client|unsupported_response_type|invalid_scope|server_error|temporarily_unavailable)$/, "refused"],
    [/^You already have the most personal tokens allowed$/, "full"],
    [/^expiresAt must be in the future$/, "past"],
    [/^A token named ".+" already exists for this user$/, "taken"],
  ];
  const causeOf = (it) => {
    const message = it && isText(it.message) ? it.message : "";
    const found = causes.find(([shape]) => shape.test(message));
    return found ? found[1] : "failed";
  };

  const fail = (cause) => {
    const place = document.getElementById("failed");
    place.querySelector(`[data-cause="${cause}"]`).hidden = false;
    place.hidden = false;
  };
  // Written as the rest of the page writes times: the day first, and 24 hours.
  const moment = (text) => new Intl.DateTimeFormat(document.documentElement.lang.replace(/^en$/, "en-GB"), {
    year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC", timeZoneName: "short",
  }).format(new Date(text));
  const show = (it) => {
    const place = document.getElementById("minted");
    const marks = { "{name}": it.metadata.name, "{until}": moment(it.metadata.expiresAt), "{token}": it.token };
    for (const part of place.querySelectorAll("[data-fill], [data-secret]")) {
      part.textContent = part.textContent.replace(/\{(name|until|token)\}/g, (mark) => marks[mark]);
    }
    const once = place.querySelector("[data-guards]");
    once.dataset.guard = once.dataset.guards;
    place.hidden = false;
    place.querySelector(".copy").focus();
    // Nor is it there on the way back.
    addEventListener("pagehide", () => {
      for (const secret of place.querySelectorAll("[data-secret]")) secret.textContent = "";
      delete once.dataset.guard;
      place.hidden = true;
    });
  };

  const it = read();
  addEventListener("DOMContentLoaded", () => {
    if (!document.getElementById("failed")) {
      return; // this is another page, such as one that refuses
    }
    if (key.endsWith("-error")) {
      fail(causeOf(it));
    } else if (it && isMinted(it) && isOurs(it)) {
      show(it);
    } else {
      fail("nothing");
    }
  });
})();
