// A word in passing.
let timer = 0;

export function toast(text) {
  const node = document.getElementById("toast");
  // a modal dialog lies above everything but its own children
  (document.querySelector("dialog[open]") ?? document.body).append(node);
  node.textContent = text;
  node.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (node.hidden = true), 2600);
}
