// The list above the message field: commands, their options, and what each may be.
import { el } from "./element.js";
import { about, localName, suggest, suggestForPictures } from "./suggestions.js";
import { language } from "./texts.js";

export class Completion {
  #field;
  #pictures;
  #brings;
  #offers;
  #box = document.getElementById("completion");
  #signature = document.getElementById("signature");
  #choices = document.getElementById("choices");
  #found = null;
  #chosen = -1;
  #moved = false;

  // `pictures`: those of the conversation; `brings`: whether the message has pictures of its own; `offers`: what the
  // bot knows.
  constructor(field, pictures, brings, offers) {
    this.#field = field;
    this.#pictures = pictures;
    this.#brings = brings;
    this.#offers = offers;
    field.addEventListener("input", () => this.update());
    field.addEventListener("blur", () => this.close());
    field.addEventListener("click", () => this.update());
    offers.addEventListener("told", () => this.update());
    // the field must keep the focus while an item is pressed
    this.#box.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get open() {
    return !this.#box.hidden;
  }

  update() {
    const { selectionStart, selectionEnd, value } = this.#field;
    const atEnd = selectionStart === selectionEnd && selectionEnd === value.length;
    if (value === "" && this.#brings()) this.#found = suggestForPictures();
    else this.#found = atEnd ? suggest(value, this.#pictures, (...asked) => this.#offers.of(...asked)) : null;
    this.#moved = false;
    this.#chosen = -1;
    const { items, command } = this.#found ?? { items: [], command: null };
    if (!items.length && !command?.options.length) return this.close();
    this.#box.hidden = false;
    this.#drawSignature();
    this.#choices.replaceChildren(...items.map((item, i) => this.#item(item, i)));
    this.#choices.hidden = !items.length;
    this.#choices.scrollTop = 0;
    this.#choose(items.length && !this.#found.complete ? 0 : -1);
    this.#field.setAttribute("aria-expanded", String(items.length > 0));
  }

  close() {
    this.#box.hidden = true;
    this.#offers.forget();
    this.#found = null;
    this.#chosen = -1;
    this.#field.setAttribute("aria-expanded", "false");
    this.#field.removeAttribute("aria-activedescendant");
  }

  // Whether the key was for the list.
  key(event) {
    if (!this.open) return false;
    const items = this.#found?.items ?? [];
    if (event.key === "Escape") {
      this.close();
      return true;
    }
    if (!items.length) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.#chosen < 0 && step < 0 ? items.length : this.#chosen;
      this.#moved = true;
      this.#choose((from + step + items.length) % items.length);
      return true;
    }
    if (event.key === "Tab" && !event.shiftKey) {
      this.#accept(items[Math.max(this.#chosen, 0)]);
      return true;
    }
    // Enter sends what is complete, unless somebody went to an item on purpose
    if (event.key === "Enter" && !event.shiftKey && this.#chosen >= 0 && (this.#moved || !this.#found.complete)) {
      this.#accept(items[this.#chosen]);
      return true;
    }
    return false;
  }

  #accept(item) {
    const { value } = this.#field;
    this.#field.value = value.slice(0, this.#found.from) + item.insert;
    this.#field.dispatchEvent(new Event("input"));
    this.#field.focus();
  }

  #item(item, i) {
    const thumb = item.picture && el("img", { class: "choice-picture", src: item.picture.url, alt: "" });
    return el(
      "li",
      { class: "choice", id: `choice-${i}`, role: "option", "aria-selected": "false", on: { click: () => this.#accept(item), pointermove: () => this.#chosen !== i && this.#choose(i) } },
      thumb,
      el("span", { class: "choice-name" }, item.name),
      item.other && el("span", { class: "choice-other" }, item.other),
      el("span", { class: "choice-about" }, item.about),
    );
  }

  #choose(i) {
    this.#chosen = i;
    [...this.#choices.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === i)));
    const node = this.#choices.children[i];
    if (node) {
      this.#field.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    } else {
      this.#field.removeAttribute("aria-activedescendant");
    }
  }

  #drawSignature() {
    const { command, option } = this.#found;
    this.#signature.hidden = !command;
    if (!command) return;
    this.#signature.replaceChildren(
      el("span", { class: "signature-line" },
        el("b", {}, `/${command.name}`),
        ...command.options.map((o) => el("span", { class: o === option ? "signature-option at" : "signature-option" }, o.required ? localName(o) : `[${localName(o)}]`)),
      ),
      el("span", { class: "signature-about" }, option ? about(option) : command.summary[language()]),
    );
  }
}
