// Stays at the newest line unless the reader went up to read; then a pill says that there is more.
import { el, icon } from "./element.js";
import { onLanguage, t } from "./texts.js";

const NEAR = 90; // px that still count as being at the bottom

export function followNewest(log) {
  const view = document.getElementById("log");
  const column = view.firstElementChild;
  const pill = document.getElementById("newer");
  let following = true;

  const toBottom = () => {
    view.scrollTop = view.scrollHeight;
  };
  const label = () => pill.replaceChildren(icon("down"), el("span", {}, t("log_pill.new")));
  label();
  onLanguage(label);

  view.addEventListener("scroll", () => {
    following = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR;
    if (following) pill.hidden = true;
  });
  new ResizeObserver(() => following && toBottom()).observe(column);
  new ResizeObserver(() => following && toBottom()).observe(view);
  pill.addEventListener("click", () => {
    following = true;
    pill.hidden = true;
    view.scrollTo({ top: view.scrollHeight, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  });
  log.addEventListener("change", ({ detail }) => {
    if (detail.kind === "own" && detail.fresh) following = true;
    if (following) toBottom();
    else if (detail.kind === "answer" && detail.fresh) pill.hidden = false;
  });
}
