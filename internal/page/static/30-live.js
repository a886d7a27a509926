// A page whose <main> says data-live="KIND ..." hears when tokens of those kinds
// change, and looks at itself again. Of what came it takes what differs, so that
// the focus, open menus, filters and what was typed stay.

const soonest = 2000; // ms between two looks
let stream = null; // what is heard
let opened = 0; // when that began
let delay = 1000; // ms before it is tried again
let attempt = 0; // the timer of that
let due = 0; // the timer of the next look
let looking = false; // one is under way
let missed = false; // and something has changed since it began
let looked = 0; // when the last one was
let over = false; // whoever looked is signed out

// hear begins to listen, or begins anew where the page is another. A page that
// nobody sees does not listen: browsers open few connections to one server.
function hear() {
  hush();
  const { live: kinds, since } = document.getElementById("main").dataset;
  if (!kinds || over || document.hidden) return;
  stream = new EventSource("/live?" + new URLSearchParams({ of: kinds, since: since || "" }));
  opened = Date.now();
  stream.addEventListener("change", soon);
  stream.addEventListener("end", () => { over = true; hush(); });
  stream.addEventListener("error", () => {
    hush();
    if (Date.now() - opened > 20000) delay = 1000;
    attempt = setTimeout(hear, delay * (0.5 + Math.random()));
    delay = Math.min(delay * 2, 60000);
  });
}

function hush() {
  clearTimeout(attempt);
  stream?.close();
  stream = null;
}

// soon looks in a moment: what comes together is looked at once, and not by all
// pages at the same time.
function soon() {
  if (looking) missed = true;
  else if (!due) due = setTimeout(look, Math.max(150 + 250 * Math.random(), looked + soonest - Date.now()));
}

// engaged reports whether a change of the page would disturb somebody.
function engaged() {
  return dialog.open || getSelection().type === "Range" || pressed || document.hidden;
}

let pressed = false; // a button of the mouse, or a finger
addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { pressed = false; });

function look() {
  due = 0;
  if (engaged()) { due = setTimeout(look, 400); return; }
  const path = location.href;
  looking = true;
  missed = false;
  ask("GET", path, null, (answer) => {
    looking = false;
    looked = Date.now();
    if (path !== location.href) return; // another page by now, which listens by itself
    const shown = answer.main && answer.status === 200 && bare(answer.url) === bare(path);
    if (shown && !engaged()) renew(answer.main);
    else if (shown || !answer.main || answer.status >= 500) missed = true;
    if (missed) soon();
  }, "tokenwright-live");
}

// outline is what of a list is worth a word: its rows and their states.
function outline(main) {
  return [...main.querySelectorAll("tbody tr")].map((row) => row.id + row.querySelector(".badge")?.textContent).join();
}

function renew(fresh) {
  const main = document.getElementById("main");
  const before = outline(main);
  const held = main.contains(document.activeElement);
  freshen(main, document.adoptNode(fresh));
  enliven(main);
  if (held && document.activeElement === document.body) main.focus({ preventScroll: true });
  if (outline(main) !== before) announce(live.dataset.changed, "unseen");
}

// What a script, or whoever looks, has done to an element.
const own = ["open", "hidden", "data-sent"];

// freshen makes a node like another one.
function freshen(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!own.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (!own.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  const next = [...fresh.childNodes];
  const ids = new Set(next.map((child) => child.id));
  for (const child of [...old.children]) if (child.id && !ids.has(child.id)) child.remove();
  let at = old.firstChild;
  for (const child of next) {
    const same = child.id ? [...old.children].find((one) => one.id === child.id) : at;
    if (!same || !alike(same, child)) { old.insertBefore(child, at); continue; }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    freshen(same, child);
  }
  while (at) {
    const behind = at.nextSibling;
    at.remove();
    at = behind;
  }
}

// alike reports whether one node may become the other. A row without an id is
// none of another thing: the button that has the focus would then belong to that.
function alike(old, fresh) {
  if (old.nodeName !== fresh.nodeName || (old.id || "") !== (fresh.id || "")) return false;
  return old.nodeName !== "TR" || old.id !== "" || old.isEqualNode(fresh);
}

document.addEventListener("visibilitychange", hear);
addEventListener("pagehide", hush);
addEventListener("pageshow", hear);

enliven(document);
fade();
