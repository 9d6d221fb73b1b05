// The text of an answer: names of pictures copy themselves, commands go to the message field.
import { commandOf } from "./commands.js";
import { copy } from "./copy.js";
import { el } from "./element.js";
import { t } from "./texts.js";

const PARTS = /(#[0-9a-hjkmnp-tv-z]{4,12}(?:\.\d{1,2})?)(?![\w.])|(?<=^|[\s：、，（])(\/[a-z]+)(?![\w/])/gu;

export function prose(text, write) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(PARTS)) {
    const [whole, name, command] = match;
    if (command && !commandOf(command.slice(1))) continue;
    nodes.push(text.slice(end, match.index), name ? pictureName(name) : commandName(command, write));
    end = match.index + whole.length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

function pictureName(name) {
  const label = t("answer.copy", { id: name });
  return el("button", { type: "button", class: "name", title: label, "aria-label": label, on: { click: () => copy(name) } }, name);
}

function commandName(command, write) {
  return el("button", { type: "button", class: "command", on: { click: () => write(`${command} `) } }, command);
}
