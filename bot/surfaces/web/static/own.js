// One message of the reader's own: typed, or pressed.
import { el, icon, thumbnail } from "./element.js";
import { label, labelIcon } from "./sheet.js";
import { t } from "./texts.js";

// `body`: {text, uploads, pressed}; `thumbs`: pictures that this tab still has
export function ownNode(body, { seq = null, thumbs = [], quote = null, fresh = false }) {
  const node = el("li", { class: `row own${fresh ? " fresh" : ""}`, "data-seq": seq });
  const content = el("div", { class: "own-body" }, el("span", { class: "unseen" }, t("you")));
  if (quote) content.append(quote);
  if (thumbs.length) content.append(el("div", { class: "own-thumbs" }, ...thumbs.map((picture) => thumbnail(picture))));
  if (body.pressed) content.append(pressed(body));
  else if (body.text) content.append(el("div", { class: "bubble" }, body.text));
  if (body.uploads && !thumbs.length) {
    content.append(el("div", { class: "own-note", title: t("upload.sent_note") }, icon("picture"), t("upload.sent", { count: body.uploads })));
  }
  node.append(content);
  return node;
}

function pressed(body) {
  const words = body.text.split(/\s+/).slice(1).join(" ");
  return el("div", { class: "pressed", title: body.text }, labelIcon(body.pressed), label(body.pressed), words && el("span", { class: "pressed-words" }, words));
}

// A small reminder of the picture that a message replies to.
export function replyQuote(row) {
  const picture = row?.body.pictures?.[0];
  if (!row) return null;
  return el(
    "div",
    { class: "own-quote" },
    icon("reply"),
    picture && el("img", { src: picture.url, alt: "" }),
    picture?.id ? `#${picture.id}` : row.body.text.slice(0, 40),
  );
}
