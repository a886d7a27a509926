"use strict";
// What pages do beyond links and forms, all of it by attributes (see the
// package comment). Without this script every page still works.
//
// Nothing here turns text into markup: pages come parsed by XMLHttpRequest, and
// Trusted Types would stop the rest.

const live = document.getElementById("live");
const dialog = document.getElementById("dialog");

// element makes an element with a class and a text.
function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// announce shows a short word and has screen readers say it; they say nothing
// that stands outside of an open dialog.
function announce(text, className = "toast") {
  const place = dialog.open ? dialog : document.body;
  if (live.parentNode !== place) place.append(live);
  const toast = element("p", className, text);
  for (const former of live.querySelectorAll("." + className)) former.remove();
  live.append(toast);
  setTimeout(() => toast.remove(), 6000);
}

// ask gets a page of ours and gives its <main>, or null when that failed. by says
// whether a person asked, or the page by itself.
function ask(method, path, form, done, by = "tokenwright") {
  const request = new XMLHttpRequest();
  request.open(method, path);
  request.responseType = "document";
  request.timeout = 20000;
  request.setRequestHeader("X-Requested-By", by);
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

// bare gives an address without the place on the page.
function bare(address) { return address.split("#")[0]; }

// Toasts of the page itself go after a while, too.
function fade() {
  for (const toast of live.querySelectorAll(".toast")) setTimeout(() => toast.remove(), 6000);
}

// enliven shows in a part of the page what needs scripts.
function enliven(part) {
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
  for (const button of part.querySelectorAll("[data-preview-button]")) button.hidden = true; // it follows by itself
  for (const note of part.querySelectorAll(".unscripted")) note.hidden = true;
  for (const secret of part.querySelectorAll("[data-after]")) {
    // Reloading the page must not send the form again, and cannot show the
    // secret: it leads to what was made.
    if (!dialog.contains(secret)) history.replaceState(null, "", secret.dataset.after);
  }
}

// trouble says in place that something could not be had, with a button that
// tries again where there is none.
function trouble(place, again) {
  place.querySelector(".trouble")?.remove();
  const note = element("div", "note bad trouble");
  note.role = "alert";
  note.append(element("p", "", dialog.dataset.failed));
  if (again) {
    const button = element("button", "button small", dialog.dataset.retry);
    button.type = "button";
    button.addEventListener("click", () => { note.remove(); again(); });
    note.append(button);
  }
  place.prepend(note);
}

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
  closeMenus(event.target.closest("details.menu"));
  const fault = event.target.closest(".faults a[href^='#']");
  if (!fault) return;
  // The way back must not lead to where one was on the same page.
  event.preventDefault();
  const field = document.getElementById(fault.hash.slice(1));
  if (field) (field.matches("fieldset") ? field.querySelector("input") : field)?.focus();
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
