// What all views are made of.
import { el, girl } from "/static/element.js";
import { language, t } from "/static/texts.js";

export const nothing = (text) => el("div", { class: "nothing" }, girl("nothing-girl"), el("p", {}, text));

export const card = (className, ...children) => el("section", { class: `card ${className}` }, ...children);

export const chip = (text, kind = "") => el("span", { class: `chip ${kind}` }, text);

export const head = (text, ...more) => el("div", { class: "head" }, el("h1", {}, text), ...more);

export const button = (text, listener, className = "") =>
  el("button", { type: "button", class: `act ${className}`, on: { click: listener } }, text);

export const link = (text, href, className = "") => el("a", { class: `act ${className}`, href }, text);

export const headOf = (id, alt = "") => el("img", { src: `/operator/heads/${id}`, alt, loading: "lazy", decoding: "async", width: 96, height: 96 });

export function facts(...pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", { class: "facts" }, ...known.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

export function picture(address, alt, className = "plate") {
  return el("a", { class: className, href: address, target: "_blank" }, el("img", { src: address, alt, loading: "lazy" }));
}

export function moment(text) {
  if (!text) return null;
  const year = new Date(text).getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  const format = new Intl.DateTimeFormat(language(), { ...year, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  return el("time", { datetime: text }, format.format(new Date(text)));
}

export const percent = (share) => Math.round(100 * (share ?? 0));

// 20260131T101500-1a2b3c: what it ends with is enough to tell versions apart, the rest is when
export const versionName = (id) => id.split("-").pop();

export const RUN_CHIPS = { queued: "wait", running: "busy", done: "good", failed: "bad", stopped: "" };

// A labelled field; `hint` stands in it while it is empty.
export function field(label, control, hint = "", className = "") {
  if (hint) {
    control.placeholder = hint;
    control.title = hint;
  }
  return el("label", { class: `entry ${className}` }, el("span", { class: "entry-name" }, label), control);
}

export const entry = (name, value = "", more = {}) => el("input", { name, value, type: "text", autocomplete: "off", ...more });

export function choice(name, options, chosen) {
  return el("select", { name }, ...options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
}

export function tick(name, text, checked = false) {
  return el("label", { class: "tick" }, el("input", { type: "checkbox", name, checked }), el("span", {}, text));
}

export function form(listener, ...children) {
  const node = el("form", { class: "form", autocomplete: "off" }, ...children);
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const submit = node.querySelector("[type=submit]");
    submit.disabled = true;
    await listener(node.elements);
    submit.disabled = false;
  });
  return node;
}

export const submit = (text) => el("button", { type: "submit", class: "act act-first" }, text);

// What stands in a field of numbers; null where it is empty.
export const numberIn = (input) => (input.value.trim() === "" ? null : Number(input.value));

// Asks back; resolves to whether it was meant.
export function sure(text) {
  const dialog = document.getElementById("sure");
  return new Promise((resolve) => {
    dialog.replaceChildren(
      el("p", {}, text),
      el(
        "div",
        { class: "acts" },
        button(t("sure.no"), () => dialog.close("")),
        button(t("sure.yes"), () => dialog.close("yes"), "act-first"),
      ),
    );
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}
