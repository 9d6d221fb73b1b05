// The field at the bottom: typing, lines typed before, what is replied to, what is brought along.
import { Brought } from "./brought.js";
import { Completion } from "./completion.js";
import { el, icon, iconButton } from "./element.js";
import { recall, remember } from "./memory.js";
import { onLanguage, t } from "./texts.js";

const NARROW = matchMedia("(max-width: 480px)");

export class Composer extends EventTarget {
  #field = document.getElementById("line");
  #send = document.getElementById("send");
  #chips = document.getElementById("brought");
  #brought = new Brought();
  #completion;
  #replyTo = null; // a row
  #log;
  #past = -1; // how far back in what was typed, -1: not
  #draft = "";

  constructor(log, offers) {
    super();
    this.#log = log;
    this.#completion = new Completion(this.#field, () => log.pictures(), () => this.#brought.size > 0, offers);
    this.#send.append(icon("send"));
    document.getElementById("attach").append(icon("picture"));
    this.#field.value = recall("draft", "sessionStorage");
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    document.getElementById("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#brought.addEventListener("change", () => {
      this.#drawChips();
      this.#placeholder();
      this.focus();
      if (this.#field.value === "") this.#completion.update();
    });
    onLanguage(() => {
      this.#drawChips();
      this.#placeholder();
    });
    NARROW.addEventListener("change", () => this.#placeholder());
    document.addEventListener("keydown", (event) => this.#typeAnywhere(event));
    this.#placeholder();
    this.#changed();
    this.#completion.close();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  get empty() {
    return this.#field.value === "" && this.#brought.size === 0;
  }

  // Puts a line into the field, to be finished by hand.
  write(text) {
    this.#field.value = text;
    this.focus();
    this.#field.dispatchEvent(new Event("input"));
  }

  replyTo(row) {
    this.#replyTo = row;
    this.#drawChips();
    this.focus();
  }

  forget(seq) {
    if (this.#replyTo?.seq === seq) this.replyTo(null);
  }

  #submit() {
    const text = this.#field.value.trim();
    if (!text && !this.#brought.size) return;
    const detail = { text, reply_to: this.#replyTo?.seq ?? null, pictures: this.#brought.take() };
    this.#field.value = "";
    this.#replyTo = null;
    this.#past = -1;
    this.#drawChips();
    this.#changed();
    this.#completion.close();
    this.dispatchEvent(new CustomEvent("send", { detail }));
  }

  #key(event) {
    // Enter also ends the choice of a character in Chinese and Japanese input
    if (event.isComposing || event.keyCode === 229) return;
    const recalled = this.#past >= 0 && this.#field.value === this.#log.lines().at(-1 - this.#past);
    if (!recalled && this.#completion.key(event)) {
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && (this.#field.value === "" || recalled)) {
      event.preventDefault();
      this.#bringBack(this.#past + 1);
    } else if (event.key === "ArrowDown" && recalled) {
      event.preventDefault();
      this.#bringBack(this.#past - 1);
    } else if (event.key === "Escape" && this.#replyTo) {
      this.replyTo(null);
    }
  }

  #bringBack(back) {
    const lines = this.#log.lines();
    if (back >= lines.length) return;
    if (this.#past < 0) this.#draft = this.#field.value;
    this.#past = Math.max(back, -1);
    this.#field.value = this.#past < 0 ? this.#draft : lines.at(-1 - this.#past);
    this.#changed(true);
    this.#completion.close();
    this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
  }

  #changed(recalling = false) {
    if (!recalling) this.#past = -1;
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
    this.#send.disabled = this.empty;
    remember("draft", this.#field.value, "sessionStorage");
  }

  #drawChips() {
    const chips = this.#brought.thumbs();
    if (this.#replyTo) chips.unshift(this.#replyChip(this.#replyTo));
    this.#chips.replaceChildren(...chips);
    this.#chips.hidden = !chips.length;
    this.#send.disabled = this.empty;
  }

  #replyChip(row) {
    const picture = row.body.pictures?.[0];
    return el(
      "span",
      { class: "reply-chip" },
      icon("reply"),
      picture && el("img", { src: picture.url, alt: "" }),
      el("span", { class: "reply-chip-text" }, `${t("composer.replying")} ${picture?.id ? `#${picture.id}` : row.body.text.slice(0, 30)}`),
      iconButton("close", "composer.cancel_reply", () => this.replyTo(null), {}, "thumb-remove"),
    );
  }

  #placeholder() {
    const words = this.#brought.size ? "composer.placeholder_picture" : NARROW.matches ? "composer.placeholder_short" : "composer.placeholder";
    this.#field.placeholder = t(words);
  }

  // Whoever types without looking where the focus is means the field.
  #typeAnywhere(event) {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]");
    if (busy || event.key.length !== 1 || event.key === " " || document.activeElement?.matches("input, textarea")) return;
    this.focus();
  }
}
