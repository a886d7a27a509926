// A page in a dialog: what a link with data-dialog leads to, in place. Its forms
// are sent in place, too, and where they lead is shown behind it.

let opener = null; // what had the focus before

function closeButton() {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "dialog-close";
  close.ariaLabel = dialog.dataset.close;
  close.textContent = "×";
  close.addEventListener("click", () => leave());
  return close;
}

function fill(main) {
  const body = document.createElement("div");
  body.className = "dialog-body";
  body.append(...document.adoptNode(main).childNodes);
  // The close button comes last, so that the focus begins with the content.
  dialog.replaceChildren(body, closeButton());
  const heading = body.querySelector("h1");
  if (heading) { heading.id = "dialog-title"; dialog.setAttribute("aria-labelledby", "dialog-title"); }
  enliven(body);
  if (!dialog.open) dialog.showModal();
  for (const what of ["[aria-invalid='true']", "[autofocus]", ".copy", "input:not([type='hidden'])", "a[href], button"]) {
    const first = body.querySelector(what);
    if (first) { first.focus(); break; }
  }
}

// leave closes the dialog, after a question where a secret would be lost.
function leave() {
  const words = guarded(dialog);
  if (words && !confirm(words)) return false;
  dialog.close();
  return true;
}

dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
dialog.addEventListener("close", () => {
  const made = dialog.querySelector("[data-after]");
  dialog.replaceChildren();
  if (made) refresh(location.href);
  const again = opener && document.contains(opener) ? opener : document.getElementById("main");
  again.focus();
});

// show puts another page in the place of this one, behind the dialog.
function show(answer, path) {
  const main = document.getElementById("main");
  main.replaceChildren(...document.adoptNode(answer.main).childNodes);
  document.title = answer.title;
  if (path !== location.href) history.pushState(null, "", path);
  enliven(main);
}

// refresh shows the page anew; its notice is announced.
function refresh(path) {
  ask("GET", path, null, (answer) => {
    if (answer.main && answer.status === 200) show(answer, path);
    else location.assign(path);
  });
}

addEventListener("popstate", () => location.reload());

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog], dialog [data-done]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.matches("[data-done]")) { leave(); return; }
  closeMenus(null);
  if (!dialog.open) opener = link.closest("details.menu")?.querySelector("summary") || link;
  ask("GET", link.href, null, (answer) => {
    if (answer.main && answer.status === 200) fill(answer.main);
    else location.assign(link.href);
  });
});

dialog.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const button = event.submitter;
  const path = button && button.hasAttribute("formaction") ? button.formAction : form.action;
  const body = typed(form, button);
  if (button) button.disabled = true;
  ask("POST", path, body, (answer) => {
    if (button) button.disabled = false;
    if (!answer.main) { announce(dialog.dataset.failed); return; }
    if (answer.status === 200 && answer.url !== path) {
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

enliven(document);
fade();
