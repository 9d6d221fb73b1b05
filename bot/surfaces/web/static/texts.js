// The page's texts in the reader's language, and the switch between the two.
import { boot } from "./boot.js";
import { recall, remember } from "./memory.js";

let locale = first();
const listeners = [];

function first() {
  const kept = recall("locale");
  if (kept in boot.texts) return kept;
  for (const language of navigator.languages ?? []) {
    if (/^zh\b/i.test(language) && "zh-CN" in boot.texts) return "zh-CN";
    if (/^en\b/i.test(language) && "en" in boot.texts) return "en";
  }
  return boot.language in boot.texts ? boot.language : Object.keys(boot.texts)[0];
}

export const language = () => locale;

export function setLanguage(next) {
  locale = next;
  remember("locale", next);
  translate(document);
  for (const listener of listeners) listener(next);
}

export const onLanguage = (listener) => listeners.push(listener);

export const has = (key) => key in boot.texts[locale];

export function t(key, values = {}) {
  const text = boot.texts[locale][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (field, name) => (name in values ? String(values[name]) : field));
}

// Fills what is marked in the markup: data-text, data-label (name and tooltip), data-placeholder.
export function translate(root) {
  document.documentElement.lang = locale;
  document.title = t("title");
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of root.querySelectorAll("button[data-label], a[data-label]")) node.title = t(node.dataset.label);
  for (const node of root.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
}
