// A place in a picture, pointed at: a tap is its middle, dragging makes it larger, arrows and + - work too.
import { el } from "./element.js";
import { t } from "./texts.js";

const USUAL = 0.45; // of the shorter side: how high a head is
const TREMBLE = 8; // px that a finger moves without meaning it
const STEP = 0.03; // of the shorter side, for each key

// Asks for a place in `picture`, which stands in `frame`; `done("120,80,60")` hears its middle and height in the picture's pixels.
export function askSpot(frame, picture, done) {
  if (frame.querySelector(".pointing")) return;
  const shorter = Math.min(picture.width, picture.height);
  const spot = { x: picture.width / 2, y: picture.height * 0.45, size: USUAL * shorter };
  let from = null; // where a finger went down, in px of the page
  const ring = el("span", { class: "spot" });
  const hint = el("span", { class: "spot-hint" }, t("answer.point"));
  const node = el(
    "div",
    {
      class: "pointing",
      tabindex: 0,
      role: "application",
      "aria-label": t("answer.point"),
      on: { pointerdown: down, pointermove: move, pointerup: up, pointercancel: () => (from = null), keydown: key, click: (event) => event.stopPropagation() },
    },
    ring,
    hint,
  );
  frame.append(node);
  show();
  node.focus({ preventScroll: true });
  frame.scrollIntoView({ block: "nearest" });

  function show() {
    ring.style.left = `${(100 * spot.x) / picture.width}%`;
    ring.style.top = `${(100 * spot.y) / picture.height}%`;
    ring.style.width = `${(100 * spot.size) / picture.width}%`;
  }

  function place(event) {
    const box = node.getBoundingClientRect();
    const scale = picture.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale, scale };
  }

  function down(event) {
    if (event.button > 0) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    from = { x: event.clientX, y: event.clientY };
    const { x, y } = place(event);
    Object.assign(spot, { x, y, size: USUAL * shorter });
    show();
  }

  function move(event) {
    if (from === null) {
      if (event.pointerType !== "mouse") return;
      const { x, y } = place(event);
      Object.assign(spot, { x, y });
    } else {
      const far = Math.hypot(event.clientX - from.x, event.clientY - from.y);
      if (far > TREMBLE) spot.size = Math.min(2 * far * place(event).scale, picture.width);
    }
    show();
  }

  function up() {
    if (from === null) return;
    from = null;
    finish();
  }

  function key(event) {
    const step = STEP * shorter;
    const acts = {
      ArrowLeft: () => (spot.x -= step),
      ArrowRight: () => (spot.x += step),
      ArrowUp: () => (spot.y -= step),
      ArrowDown: () => (spot.y += step),
      "+": () => (spot.size += step),
      "-": () => (spot.size -= step),
      Enter: finish,
      Escape: () => node.remove(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
    spot.x = Math.min(Math.max(spot.x, 0), picture.width);
    spot.y = Math.min(Math.max(spot.y, 0), picture.height);
    spot.size = Math.min(Math.max(spot.size, step), picture.width);
    show();
  }

  function finish() {
    node.remove();
    const inside = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
    done(`${inside(spot.x, picture.width)},${inside(spot.y, picture.height)},${Math.max(1, Math.round(spot.size))}`);
  }
}
