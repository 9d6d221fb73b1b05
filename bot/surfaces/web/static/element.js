// Building elements. Texts go in as text nodes only: nothing that somebody typed is ever read as markup.
import { t } from "./texts.js";

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

// A picture as small as it stands there; a tile in its place where the browser cannot show it (the bot may be able to), and
// for what has no address: a zip.
export function thumbnail({ address, file: { name } }) {
  const tile = (symbol, ...words) => el("span", { class: "no-preview", title: name, role: "img", "aria-label": name }, icon(symbol), ...words);
  if (!address) return tile("zip", el("span", { class: "no-preview-name" }, name));
  const img = el("img", { src: address, alt: name, on: { error: () => img.replaceWith(tile("picture")) } });
  return img;
}

export function girl(className) {
  return el("img", { class: className, src: "/static/biri.webp", alt: "" });
}

export function iconButton(name, key, listener, values = {}, className = "quiet") {
  const label = t(key, values);
  return el("button", { type: "button", class: className, "aria-label": label, title: label, on: { click: listener } }, icon(name));
}
