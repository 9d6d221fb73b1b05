// One answer: its pictures as prints, what it says, what can be done next.
import { copy } from "./copy.js";
import { el, girl, icon, iconButton } from "./element.js";
import { askSpot } from "./pointing.js";
import { prose } from "./prose.js";
import { label, labelIcon, sheet, shownWidth } from "./sheet.js";
import { t } from "./texts.js";

// `acts`: press(button, line, seq), reply(row), take(row), open(row, picture, face), write(text)
export function answerNode(row, acts, { fresh, quote }) {
  const { body } = row;
  const single = body.pictures.length === 1;
  const node = el("li", { class: `row answer${body.failed ? " failed" : ""}${fresh ? " fresh" : ""}`, "data-seq": row.seq });
  const content = el("div", { class: "answer-body" }, el("span", { class: "unseen" }, t("bot")));
  node.append(girl("avatar"), content);
  if (quote) content.append(el("p", { class: "quote" }, quote));
  if (!body.pictures.length && body.text) content.append(speech(body, acts));
  const prints = el("div", { class: "prints" });
  for (const picture of body.pictures) prints.append(print(row, picture, single ? body.text : "", acts));
  if (body.pictures.length) content.append(prints);
  if (!single && body.pictures.length && body.text) content.append(speech(body, acts));
  if (body.files?.length) content.append(el("div", { class: "next" }, ...body.files.map((file, n) => handed(row, file, n))));
  const buttons = buttonRow(row, acts);
  if (buttons) content.append(buttons);
  return node;
}

function handed(row, file, n) {
  return el("a", { class: "next-button", href: `/files/${row.seq}/${n}`, download: file.name, title: t("answer.download") }, icon("download"), file.name);
}

function speech(body, acts) {
  return el("div", { class: "speech", role: body.failed ? "alert" : null }, ...prose(body.text, acts.write));
}

function print(row, picture, text, acts) {
  const perFace = row.body.buttons.filter((b) => b.picture !== null && b.picture === picture.id);
  const frame = sheet(picture, perFace, {
    open: (face) => acts.open(row, picture, face),
    press: (button, line) => acts.press(button, line, row.seq),
  });
  const tools = el(
    "span",
    { class: "print-tools" },
    iconButton("reply", "answer.reply", () => acts.reply(row)),
    picture.id && iconButton("copy", "answer.copy", () => copy(`#${picture.id}`), { id: `#${picture.id}` }),
    iconButton("open", "answer.open", () => acts.open(row, picture, null)),
    acts.take && iconButton("delete", "answer.delete", () => acts.take(row)),
  );
  const words = text ? prose(text, acts.write) : picture.id ? prose(`#${picture.id}`, acts.write) : [];
  const caption = el("figcaption", { class: "caption" }, el("span", { class: "caption-text" }, ...words), tools);
  const figure = el("figure", { class: "print" }, frame, caption);
  figure.style.setProperty("--shown", `${shownWidth(picture)}px`);
  figure.style.setProperty("--ratio", picture.width / picture.height);
  return figure;
}

function buttonRow(row, acts) {
  const whole = row.body.buttons.filter((b) => b.picture === null);
  const hint = row.body.buttons.some((b) => b.picture !== null);
  if (!whole.length && !hint) return null;
  return el(
    "div",
    { class: "next" },
    ...whole.map((button) =>
      el(
        "button",
        { type: "button", class: "next-button", "data-button": button.label, on: { click: (event) => pressed(event.currentTarget, button, row, acts) } },
        labelIcon(button.label),
        label(button.label),
      ),
    ),
    hint && el("span", { class: "next-hint" }, t("answer.pick_face")),
  );
}

// A button that asks for a place gets it from the picture above it.
function pressed(node, button, row, acts) {
  const frame = button.spot ? node.closest(".answer").querySelector(".sheet") : null;
  if (!frame) return acts.press(button, button.line, row.seq);
  askSpot(frame, row.body.pictures[0], (spot) => acts.press(button, `${button.line} at:${spot}`, row.seq));
}
