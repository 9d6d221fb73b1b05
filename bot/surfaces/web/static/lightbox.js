// One face or picture, large: arrows go through the conversation, and what can be done with it stands below.
import { copy } from "./copy.js";
import { el, icon, iconButton } from "./element.js";
import { imageOf, label, labelIcon, pictureAlt } from "./sheet.js";
import { t } from "./texts.js";

const SWIPE = 48; // px

export class Lightbox {
  #dialog = document.getElementById("lightbox");
  #items = []; // {row, picture, face | null}
  #at = 0;
  #log;
  #press;
  #touch = null;

  constructor(log, press) {
    this.#log = log;
    this.#press = press;
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") this.#go(-1);
      else if (event.key === "ArrowRight") this.#go(1);
      else return;
      event.preventDefault();
    });
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog || event.target.classList.contains("stage")) this.#dialog.close();
    });
    this.#dialog.addEventListener("touchstart", (event) => (this.#touch = event.touches.length === 1 ? event.touches[0] : null), { passive: true });
    this.#dialog.addEventListener("touchend", (event) => {
      const end = event.changedTouches[0];
      if (!this.#touch || !end) return;
      const [dx, dy] = [end.clientX - this.#touch.clientX, end.clientY - this.#touch.clientY];
      if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) this.#go(dx < 0 ? 1 : -1);
    });
    log.addEventListener("change", () => this.#dialog.open && this.#collect(this.#items[this.#at]));
  }

  open(row, picture, face) {
    this.#collect({ row, picture, face });
    this.#draw();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.querySelector(".lightbox-close").focus();
  }

  // A sheet first whole, then face by face; the conversation's pictures one after the other.
  #collect(current) {
    this.#items = this.#log.pictures().flatMap(({ row, picture }) => {
      const faces = picture.faces.length > 1 ? picture.faces.map((face) => ({ row, picture, face })) : [];
      return [{ row, picture, face: null }, ...faces];
    });
    const same = (i) => i.row.seq === current.row.seq && i.picture.url === current.picture.url && i.face?.n === current.face?.n;
    this.#at = Math.max(this.#items.findIndex(same), 0);
  }

  #go(step) {
    const next = this.#at + step;
    if (next < 0 || next >= this.#items.length) return;
    this.#at = next;
    this.#draw();
  }

  #draw() {
    const item = this.#items[this.#at];
    const { picture, face } = item;
    const name = picture.id ? `#${picture.id}${face ? `.${face.n}` : ""}` : "";
    const focused = this.#dialog.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
    const side = (step, sign, key, disabled) => {
      const button = iconButton(sign, key, () => this.#go(step), {}, `lightbox-side lightbox-${sign}`);
      button.disabled = disabled;
      button.dataset.keep = sign;
      return button;
    };
    const bar = el(
      "header",
      { class: "lightbox-bar" },
      name ? el("button", { type: "button", class: "name", title: t("lightbox.copy"), on: { click: () => copy(name) } }, name, icon("copy")) : el("span"),
      el("span", { class: "lightbox-place", "aria-live": "polite" }, this.#place(item)),
      this.#saver(item, name),
      iconButton("close", "lightbox.close", () => this.#dialog.close(), {}, "quiet lightbox-close"),
    );
    this.#dialog.replaceChildren(
      bar,
      el("div", { class: "stage" }, face ? crop(picture, face) : whole(picture)),
      side(-1, "left", "lightbox.previous", this.#at === 0),
      side(1, "right", "lightbox.next", this.#at === this.#items.length - 1),
      el("footer", { class: "lightbox-acts" }, ...this.#acts(item)),
    );
    if (focused) this.#dialog.querySelector(`[data-keep="${focused}"]`)?.focus();
    if (!this.#dialog.contains(document.activeElement)) this.#dialog.querySelector(".lightbox-close").focus();
  }

  #place({ picture, face }) {
    if (picture.faces.length < 2) return "";
    return face ? t("lightbox.place", { n: face.n, count: picture.faces.length }) : t("answer.faces", { count: picture.faces.length });
  }

  #acts({ row, picture, face }) {
    const buttons = row.body.buttons.filter((b) => (face ? b.picture === picture.id : b.picture === null));
    return buttons.map((button) =>
      el(
        "button",
        {
          type: "button",
          class: "next-button",
          on: {
            click: () => {
              this.#dialog.close();
              this.#press(button, face ? button.lines[face.n] : button.line, row.seq);
            },
          },
        },
        labelIcon(button.label),
        label(button.label),
      ),
    );
  }

  // The whole picture is saved as it came, with the recipe inside; one face is cut out here.
  #saver({ picture, face }, name) {
    const file = `nijigen-${name.replace("#", "") || "picture"}`;
    const attributes = { class: "quiet", title: t("lightbox.save"), "aria-label": t("lightbox.save"), "data-keep": "save" };
    if (!face) return el("a", { ...attributes, href: picture.url, download: file + /\.\w+$/.exec(picture.url)[0] }, icon("download"));
    return el("button", { ...attributes, type: "button", on: { click: () => saveCanvas(this.#dialog.querySelector("canvas"), `${file}.png`) } }, icon("download"));
  }
}

function whole(picture) {
  const image = imageOf(picture, { class: "stage-picture" });
  image.style.setProperty("--ratio", picture.width / picture.height);
  image.style.setProperty("--most", `${Math.max(picture.width * 1.4, 512)}px`);
  return image;
}

function crop(picture, face) {
  const canvas = el("canvas", { class: "stage-picture", width: face.w, height: face.h, role: "img", "aria-label": `${t("answer.face", { n: face.n })}, ${pictureAlt(picture)}` });
  canvas.style.setProperty("--ratio", face.w / face.h);
  canvas.style.setProperty("--most", `${Math.max(face.w * 2, 448)}px`);
  const image = new Image();
  image.addEventListener("load", () => canvas.getContext("2d").drawImage(image, face.x, face.y, face.w, face.h, 0, 0, face.w, face.h));
  image.src = picture.url;
  return canvas;
}

function saveCanvas(canvas, name) {
  canvas.toBlob((blob) => {
    const address = URL.createObjectURL(blob);
    const link = el("a", { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }, "image/png");
}
