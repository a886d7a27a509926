// A change that takes several steps goes on by itself.
const going = document.querySelector("form[data-continue]");
if (going) going.requestSubmit();
