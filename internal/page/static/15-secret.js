// A secret that is shown once: it is copied, asked about before it is left
// uncopied, and gone when the page is left.

// guarded gives the words to ask before an uncopied secret is left, or "".
function guarded(part) {
  const guard = part.querySelector("[data-guard]");
  return guard ? guard.dataset.guard : "";
}

// release asks before an uncopied secret is left, and reports whether it may be.
// Whoever said yes is not asked again.
function release(part) {
  const words = guarded(part);
  if (words && !confirm(words)) return false;
  unguard(part);
  return true;
}

function unguard(part) {
  for (const guard of part.querySelectorAll("[data-guard]")) delete guard.dataset.guard;
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
  if (source.hasAttribute("data-secret")) unguard(dialog.contains(source) ? dialog : document);
  closing();
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  announce(button.dataset.copied);
  setTimeout(() => { label.textContent = before; }, 1500);
}

document.addEventListener("click", (event) => {
  if (event.target.matches("output[data-secret]")) select(event.target); // all of it
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

// A secret must not be there when somebody comes back to the page.
addEventListener("pagehide", () => {
  for (const secret of document.querySelectorAll("[data-secret]")) secret.textContent = "";
});

// Closing the tab, reloading, and every way to another page.
addEventListener("beforeunload", (event) => { if (guarded(document)) event.preventDefault(); });
