// A picture of an answer. On a sheet each face can be pointed at, and then offers what can be done with it.
import { el, icon } from "./element.js";
import { t, has } from "./texts.js";

const HOVER_MS = 110; // so that crossing a sheet does not open a menu on every face
// how wide a face is shown, by how many there are: 96 px are a stamp on today's screens
const FACE_WIDTHS = [[1, 340], [4, 232], [9, 200], [16, 164], [36, 118], [64, 92]];

export const label = (key) => [`button.${key}`, `answer.${key}`].filter(has).map((found) => t(found))[0] ?? key;

// Only these have an icon of their own; what later commands bring gets a spark.
const ICONS = new Set(["again", "more", "bigger", "save", "next", "delete"]);
export const labelIcon = (key) => icon(ICONS.has(key) ? key : "spark");

export function pictureAlt(picture) {
  const text = picture.alt || t("answer.alt");
  return picture.id ? `${text} #${picture.id}` : text;
}

export const isFilm = (picture) => picture.url.endsWith(".mp4");

// A picture as the browser shows it: an MP4 plays on its own, without a sound, again and again, as a GIF does.
export function imageOf(picture, attributes) {
  const size = { src: picture.url, width: picture.width, height: picture.height };
  if (!isFilm(picture)) return el("img", { ...size, alt: pictureAlt(picture), ...attributes });
  const film = el("video", { ...size, "aria-label": pictureAlt(picture), autoplay: true, loop: true, playsinline: true, ...attributes });
  film.muted = true; // the attribute alone counts only in markup
  return film;
}

// `buttons`: the per-face buttons of this picture. `open(face)`: show it large. `press(button, line)`.
export function sheet(picture, buttons, { open, press }) {
  const image = imageOf(picture, { decoding: "async", loading: "lazy", draggable: "false" });
  const frame = el("div", { class: "sheet" }, image);
  image.addEventListener(isFilm(picture) ? "loadeddata" : "load", () => frame.classList.add("loaded"));
  image.addEventListener("error", () => {
    frame.classList.add("lost");
    frame.dataset.lost = t("answer.missing");
  });
  if (image.complete && image.naturalWidth) frame.classList.add("loaded");
  if (picture.faces.length > 1) new Faces(frame, picture, buttons, open, press);
  else frame.append(el("button", { type: "button", class: "whole", "aria-label": t("answer.open"), on: { click: () => open(null) } }));
  return frame;
}

// How wide a picture is shown where there is room, in px.
export function shownWidth(picture) {
  const most = picture.width > 1.25 * picture.height ? 640 : 460;
  if (picture.faces.length < 2) return Math.max(Math.min(picture.width, most), FACE_WIDTHS[0][1]);
  const [, face] = FACE_WIDTHS.find(([most]) => picture.faces.length <= most) ?? FACE_WIDTHS.at(-1);
  return Math.round((picture.width * face) / picture.faces[0].w);
}

class Faces {
  #frame;
  #picture;
  #buttons;
  #open;
  #press;
  #nodes = [];
  #current = -1;
  #aim = -1; // the face that will be pointed at in a moment
  #turning = false;
  #timer = 0;
  #pointer = "mouse";
  #menu = null;

  constructor(frame, picture, buttons, open, press) {
    this.#frame = frame;
    this.#picture = picture;
    this.#buttons = buttons;
    this.#open = open;
    this.#press = press;
    picture.faces.forEach((face, i) => this.#nodes.push(this.#face(face, i)));
    frame.append(...this.#nodes);
    frame.addEventListener("pointerdown", (event) => (this.#pointer = event.pointerType));
    frame.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#later(-1));
    frame.addEventListener("focusout", (event) => !frame.contains(event.relatedTarget) && this.#point(-1));
    frame.addEventListener("keydown", (event) => this.#key(event));
  }

  #face(face, i) {
    const { width, height } = this.#picture;
    const node = el("button", {
      type: "button",
      class: "face",
      tabindex: i === 0 ? 0 : -1,
      "aria-label": t("answer.face", { n: face.n }),
      "data-face": face.n,
      on: {
        // not pointerenter: that also comes when an answer slides under a hand that rests
        pointermove: (event) => event.pointerType === "mouse" && this.#later(i),
        focus: () => node.matches(":focus-visible") && this.#point(i),
        click: () => this.#click(i),
      },
    });
    node.style.left = `${(100 * face.x) / width}%`;
    node.style.top = `${(100 * face.y) / height}%`;
    node.style.width = `${(100 * face.w) / width}%`;
    node.style.height = `${(100 * face.h) / height}%`;
    return node;
  }

  #later(i) {
    if (i === this.#aim) return;
    clearTimeout(this.#timer);
    this.#aim = i;
    this.#timer = setTimeout(() => this.#point(i), i < 0 ? 2 * HOVER_MS : HOVER_MS);
  }

  // A finger cannot hover: its first tap points, the second opens.
  #click(i) {
    clearTimeout(this.#timer);
    if (this.#pointer === "touch" && this.#current !== i && this.#buttons.length) this.#point(i);
    else this.#open(this.#picture.faces[i]);
    this.#pointer = "mouse";
  }

  #point(i) {
    clearTimeout(this.#timer);
    this.#aim = i;
    if (i === this.#current || this.#turning) return;
    this.#turning = true; // a menu that goes takes the focus with it, which asks for this again
    this.#nodes[this.#current]?.classList.remove("pointed");
    this.#menu?.remove();
    this.#menu = null;
    this.#current = i;
    this.#turning = false;
    if (i < 0) return;
    const node = this.#nodes[i];
    node.classList.add("pointed");
    for (const other of this.#nodes) other.tabIndex = other === node ? 0 : -1;
    if (this.#buttons.length) this.#showMenu(node, this.#picture.faces[i]);
  }

  #showMenu(node, face) {
    this.#menu = el(
      "div",
      { class: "face-menu", role: "group", "aria-label": t("answer.face", { n: face.n }) },
      ...this.#buttons.map((button) =>
        el(
          "button",
          { type: "button", class: "face-act", title: label(button.label), on: { click: () => this.#press(button, button.lines[face.n]) } },
          labelIcon(button.label),
          el("span", {}, label(button.label)),
        ),
      ),
      el(
        "button",
        { type: "button", class: "face-act face-open", title: t("answer.open"), "aria-label": t("answer.open"), on: { click: () => this.#open(face) } },
        icon("open"),
      ),
    );
    this.#menu.addEventListener("pointermove", () => this.#later(this.#current));
    node.after(this.#menu); // Tab goes from the face to what it offers
    const middle = node.offsetLeft + node.offsetWidth / 2;
    const half = this.#menu.offsetWidth / 2;
    const room = this.#frame.offsetWidth;
    const left = room < 2 * half ? room / 2 - half : Math.min(Math.max(middle - half, 0), room - 2 * half);
    this.#menu.style.left = `${left}px`;
    // on its lower edge, but never over a small face's eyes
    const over = Math.min(this.#menu.offsetHeight / 2 + 4, node.offsetHeight / 5);
    this.#menu.style.top = `${node.offsetTop + node.offsetHeight - over}px`;
  }

  #key(event) {
    const faces = this.#picture.faces;
    const at = this.#nodes.indexOf(document.activeElement);
    if (event.key === "Escape" && this.#menu) {
      this.#nodes[this.#current].focus();
      this.#point(-1);
      return;
    }
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (at < 0 || !step) return;
    const here = faces[at];
    let best = -1;
    let nearest = Infinity;
    faces.forEach((face, i) => {
      const dx = (face.x - here.x) * step[0] + (face.y - here.y) * step[1];
      const aside = Math.abs(step[0] ? face.y - here.y : face.x - here.x);
      if (dx > 0 && dx + 3 * aside < nearest) [best, nearest] = [i, dx + 3 * aside];
    });
    event.preventDefault();
    if (best >= 0) this.#nodes[best].focus();
  }
}
