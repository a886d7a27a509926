"use strict";
// What pages do beyond links and forms, all of it by attributes (see the
// package comment). Without this script every page still works.
//
// Nothing here turns text into markup: pages come parsed by XMLHttpRequest, and
// Trusted Types would stop the rest.

const live = document.getElementById("live");
const dialog = document.getElementById("dialog");

// announce shows a short word and has screen readers say it.
function announce(text) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  live.replaceChildren(toast);
  setTimeout(() => toast.remove(), 6000);
}

// ask gets a page of ours and gives its <main>, or null when that failed.
function ask(method, path, form, done) {
  const request = new XMLHttpRequest();
  request.open(method, path);
  request.responseType = "document";
  request.timeout = 20000;
  request.setRequestHeader("X-Requested-By", "tokenwright");
  if (form) request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
  request.onloadend = () => {
    const page = request.response;
    done({ main: page ? page.getElementById("main") : null, title: page ? page.title : "", status: request.status, url: request.responseURL, page });
  };
  request.send(form || null);
}

// typed gives what a form would send, with the button that was pressed.
function typed(form, button) {
  return new URLSearchParams(new FormData(form, button || undefined)).toString();
}

// Toasts of the page itself go after a while, too.
function fade() {
  for (const toast of live.querySelectorAll(".toast")) setTimeout(() => toast.remove(), 6000);
}

// enliven shows in a part of the page what needs scripts.
function enliven(part) {
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
  for (const button of part.querySelectorAll("[data-preview-button]")) button.hidden = true; // it follows by itself
  for (const secret of part.querySelectorAll("[data-after]")) {
    // Reloading the page must not send the form again, and cannot show the
    // secret: it leads to what was made.
    if (!dialog.contains(secret)) history.replaceState(null, "", secret.dataset.after);
  }
}

// Copying, with a word about it. Where there is no clipboard the text is
// selected instead.
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const label = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    select(source);
    announce(button.dataset.select);
    return;
  }
  const guard = source.closest("[data-guard]");
  if (guard && source.hasAttribute("data-secret")) delete guard.dataset.guard;
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  announce(button.dataset.copied);
  setTimeout(() => { label.textContent = before; }, 1500);
}

// The whole secret is selected by a click on it.
function pick(event) {
  if (event.target.matches("output[data-secret]")) select(event.target);
}

// guarded gives the words to ask before an uncopied secret is left, or "".
function guarded(part) {
  const guard = part.querySelector("[data-guard]");
  return guard ? guard.dataset.guard : "";
}

// A secret must not be there when somebody comes back to the page.
function wipe() {
  for (const secret of document.querySelectorAll("[data-secret]")) secret.textContent = "";
}

addEventListener("pagehide", wipe);
addEventListener("beforeunload", (event) => { if (guarded(document)) event.preventDefault(); });

// A select that is its own button.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// One menu at a time, and none when the mind is elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

document.addEventListener("click", (event) => {
  pick(event);
  closeMenus(event.target.closest("details.menu"));
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

// A form is sent once: a second press would make a second token, or hide the
// secret of the first behind its refusal.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
