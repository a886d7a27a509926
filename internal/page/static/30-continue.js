// A change that takes several steps goes on by itself.
const going = document.querySelector("form[data-continue]");
if (going) going.requestSubmit();

// What came of it is said aloud: it stands on a page that nobody asked for.
const said = document.querySelector("[data-said]");
if (said) announce(said.textContent);
