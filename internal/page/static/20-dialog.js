// A page in a dialog: what a link with data-dialog leads to, in place. Its forms
// are sent in place, too, and where they lead is shown behind it.

let opener = null; // what had the focus before
let turn = 0; // of several pages that were asked for the last one is shown

function closeButton() {
  const close = element("button", "dialog-close", "×");
  close.type = "button";
  close.ariaLabel = dialog.dataset.close;
  close.addEventListener("click", leave);
  return close;
}

// put shows something in the dialog. The close button comes last, so that the
// focus begins with the content.
function put(body) {
  if (dialog.contains(live)) document.body.append(live);
  dialog.replaceChildren(body, closeButton());
  closing();
  if (!dialog.open) dialog.showModal();
}

function fill(main) {
  const body = element("div", "dialog-body");
  body.append(...document.adoptNode(main).childNodes);
  const heading = body.querySelector("h1");
  if (heading) { heading.id = "dialog-title"; dialog.setAttribute("aria-labelledby", "dialog-title"); }
  put(body);
  enliven(body);
  for (const what of ["[aria-invalid='true']", "[autofocus]", ".copy", "input:not([type='hidden'])", "a[href], button"]) {
    const first = body.querySelector(what);
    if (first) { first.focus(); break; }
  }
}

// shape stands in the place of a page that is not there yet. What comes at once
// needs none.
function shape() {
  const body = element("div", "dialog-body skeleton");
  body.ariaBusy = "true";
  body.append(element("p", "unseen", dialog.dataset.loading));
  for (let i = 0; i < 5; i++) body.append(element("div", "line"));
  dialog.removeAttribute("aria-labelledby");
  put(body);
}

// load shows a page in the dialog: a refusal, too, in the words of its own page.
function load(path) {
  const mine = ++turn;
  const slow = setTimeout(shape, 150);
  ask("GET", path, null, (answer) => {
    clearTimeout(slow);
    if (mine !== turn) return;
    if (answer.main && bare(answer.url) === bare(path)) { fill(answer.main); return; }
    if (answer.status) { location.assign(path); return; } // it leads elsewhere: to the sign-in
    const body = element("div", "dialog-body");
    trouble(body, () => load(path));
    dialog.removeAttribute("aria-labelledby");
    put(body);
  });
}

// leave closes the dialog, after a question where a secret would be lost.
function leave() {
  if (release(dialog)) dialog.close();
}

// closing says who may close the dialog. A browser lets a page object once, and
// closes the dialog without a word when it is asked again before anything else
// was done (HTML, "close watchers"). So it may not while a secret is uncopied.
function closing() {
  dialog.setAttribute("closedby", guarded(dialog) ? "none" : "closerequest");
}

dialog.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || !guarded(dialog)) return;
  event.preventDefault();
  leave();
});
dialog.addEventListener("cancel", (event) => { // browsers that do not know closedby
  if (event.target !== dialog || !guarded(dialog)) return;
  event.preventDefault();
  leave();
});
dialog.addEventListener("close", () => {
  if (guarded(dialog)) { dialog.showModal(); leave(); return; } // nobody was asked
  turn++;
  if (dialog.contains(live)) document.body.append(live);
  const made = dialog.querySelector("[data-after]");
  dialog.replaceChildren();
  closing();
  if (made) refresh(location.href);
  const again = opener && document.contains(opener) ? opener : document.getElementById("main");
  again.focus();
});

let place = location.href; // of the page that is shown

// show puts another page in the place of this one, behind the dialog.
function show(answer, path) {
  const main = document.getElementById("main");
  for (const name of ["data-live", "data-since"]) {
    if (answer.main.hasAttribute(name)) main.setAttribute(name, answer.main.getAttribute(name));
    else main.removeAttribute(name);
  }
  main.replaceChildren(...document.adoptNode(answer.main).childNodes);
  document.title = answer.title;
  if (path !== location.href) history.pushState(null, "", path);
  place = location.href;
  enliven(main);
  hear();
}

// refresh shows the page anew.
function refresh(path) {
  ask("GET", path, null, (answer) => {
    if (answer.main && answer.status === 200 && bare(answer.url) === bare(path)) show(answer, path);
    else if (answer.status) location.assign(path);
    else trouble(document.getElementById("main"), () => refresh(path));
  });
}

addEventListener("popstate", () => {
  if (bare(place) === bare(location.href)) return; // another place on the same page
  if (release(document)) location.reload();
  else history.pushState(null, "", place);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog], dialog a[data-retry], dialog [data-done]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.matches("[data-done]")) { leave(); return; }
  closeMenus(null);
  if (!dialog.open) opener = link.closest("details.menu")?.querySelector("summary") || link;
  load(link.href);
});

dialog.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  const button = event.submitter;
  const path = button && button.hasAttribute("formaction") ? button.formAction : form.action;
  const body = typed(form, button);
  const mine = turn;
  form.ariaBusy = "true";
  ask("POST", path, body, (answer) => {
    form.ariaBusy = null;
    if (form.hasAttribute("data-leave") && answer.status === 200 && bare(answer.url) !== bare(path)) { location.assign(answer.url); return; }
    if (!answer.main) { if (mine === turn) trouble(form.parentNode, null); return; }
    if (answer.status === 200 && bare(answer.url) !== bare(path)) {
      const notice = answer.main.dataset.notice;
      dialog.close();
      show(answer, answer.url);
      if (notice) announce(notice);
      return;
    }
    fill(answer.main);
  });
});

// A form with data-preview shows in that element what would come of it.
let waiting = 0;
function preview(event) {
  const form = event.target.closest("form[data-preview]");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const button = form.querySelector("[data-preview-button]");
    ask("POST", button.formAction, typed(form), (answer) => {
      const id = form.dataset.preview;
      const fresh = answer.page && answer.page.getElementById(id);
      const shown = document.getElementById(id);
      if (fresh && shown) shown.replaceWith(document.adoptNode(fresh));
    });
  }, 250);
}
document.addEventListener("input", preview);
