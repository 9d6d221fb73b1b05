// The quiet line at the top, and a word in the tab's title when an answer came while nobody looked.
import { onLanguage, t } from "./texts.js";

const node = document.getElementById("status");
let connection = "connecting";
let status = null;
let unseen = 0;

export function showConnection(state) {
  connection = state;
  draw();
}

export function showStatus(next) {
  status = next;
  draw();
}

export function countUnseen() {
  if (document.visibilityState === "visible") return;
  unseen += 1;
  document.title = `(${unseen}) ${t("title")}`;
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  unseen = 0;
  document.title = t("title");
});
onLanguage(draw);

function draw() {
  const [state, words] = inWords();
  node.dataset.state = state;
  node.querySelector(".status-text").textContent = words.join(" · ");
}

function inWords() {
  if (connection !== "up") return [connection, [t(`status.${connection}`)]];
  if (!status) return ["up", []];
  const words = [];
  if (!status.ready) words.push(t("status.starting"));
  else if (status.running) words.push(t("status.drawing", status));
  else words.push(t("status.idle"));
  if (status.queue) words.push(t("status.queue", status));
  if (status.up < status.workers) words.push(t("status.workers", status));
  if (status.models.length) words.push(status.models.map((name) => name.split("@")[0]).join(", "));
  return [status.ready ? (status.running || status.queue ? "drawing" : "up") : "starting", words];
}
