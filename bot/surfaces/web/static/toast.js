// A word in passing.
let timer = 0;

// `wrong`: it has to be read, not only noticed.
export function toast(text, wrong = false) {
  const node = document.getElementById("toast");
  // a modal dialog lies above everything but its own children
  (document.querySelector("dialog[open]") ?? document.body).append(node);
  node.textContent = text;
  node.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (node.hidden = true), wrong ? 8000 : 2600);
}
