// Puts the page together: what is typed or pressed goes out, what comes in goes into the log.
import { boot } from "./boot.js";
import { upload } from "./brought.js";
import { commandOf, defaultStart, takesPictures } from "./commands.js";
import { Composer } from "./composer.js";
import { el } from "./element.js";
import { stayAboveKeyboard } from "./keyboard.js";
import { Lightbox } from "./lightbox.js";
import { Log } from "./log.js";
import { recall, remember } from "./memory.js";
import { Offers } from "./offers.js";
import { followNewest } from "./scroll.js";
import { settings } from "./settings.js";
import { Connection } from "./socket.js";
import { countUnseen, showConnection, showStatus } from "./status.js";
import { language, onLanguage, t, translate } from "./texts.js";

translate(document);
const again = new Map(); // id -> says it once more, if it is refused
const sent = new Map(); // id -> the pictures that this tab sent along
const connection = new Connection();
// What works on the picture under which it stands is said in reply to it: that brings the picture along.
// What needs the picture that the answer was made of gets it again, if this tab still has it: the bot keeps none.
const press = (button, line, seq = null) =>
  send({
    text: line,
    pressed: button.label,
    reply_to: takesPictures(line) ? seq : null,
    pictures: button.brings ? (sent.get(log.question(seq)?.body.id) ?? []) : [],
  });
const log = new Log({
  press,
  reply: (row) => composer.replyTo(row),
  take: commandOf("delete") ? (row) => send({ text: `${defaultStart}delete`, reply_to: row.seq, pressed: "delete" }) : null,
  open: (row, picture, face) => lightbox.open(row, picture, face),
  write: (text) => composer.write(text),
});
const composer = new Composer(log, new Offers(connection));
const lightbox = new Lightbox(log, press);
settings();
document.getElementById("operator").hidden = !boot.operator;
followNewest(log);
stayAboveKeyboard();
greet();
onLanguage(greet);

async function send({ text, reply_to = null, pictures = [], pressed = null }) {
  const saying = { id: newId(), text, reply_to, pressed };
  if (pictures.length) sent.set(saying.id, pictures);
  log.pend(saying, pictures);
  showWaiting();
  try {
    const uploads = await Promise.all(pictures.map((p) => upload(p.file)));
    connection.say({ ...saying, locale: language(), uploads });
  } catch (error) {
    log.refuse(saying.id, error.message, () => send({ text, reply_to, pictures, pressed }));
    return;
  }
  again.set(saying.id, () => send({ text, reply_to, pictures, pressed }));
}

composer.addEventListener("send", ({ detail }) => send(detail));

connection.addEventListener("welcome", ({ detail }) => {
  if (outdated(detail.version)) return location.reload();
  for (const row of detail.rows) log.add(row, { fresh: false });
  log.keep(detail.kept);
  log.workingOn(detail.working);
  showConnection("up");
  showStatus(detail.status);
  showWaiting();
  document.body.dataset.ready = "";
});
connection.addEventListener("row", ({ detail }) => {
  if (detail.kind === "own") again.delete(detail.body.id);
  else log.done(detail.body.to);
  log.add(detail, { fresh: true });
  if (detail.kind === "answer") countUnseen();
});
connection.addEventListener("gone", ({ detail }) => {
  log.gone(detail.seq);
  composer.forget(detail.seq);
});
connection.addEventListener("progress", ({ detail }) => log.progress(detail));
connection.addEventListener("done", ({ detail }) => log.done(detail.to));
connection.addEventListener("refused", ({ detail }) => {
  log.refuse(detail.id, detail.text, again.get(detail.id) ?? (() => {}));
  again.delete(detail.id);
});
connection.addEventListener("status", ({ detail }) => showStatus(detail));
connection.addEventListener("down", () => {
  showConnection("offline");
  showWaiting();
});
showConnection("connecting");
connection.open();
if (matchMedia("(hover: hover)").matches) composer.focus();

function showWaiting() {
  log.waiting(connection.up ? "" : t("status.pending"));
}

// The bot was updated under an open page: load the new one, once, and never under somebody's hands.
function outdated(version) {
  if (version === boot.version || !composer.empty || recall("loaded", "sessionStorage") === version) return false;
  remember("loaded", version, "sessionStorage");
  return true;
}

// Three tickets for who does not know yet what to say.
function greet() {
  document.getElementById("tickets").replaceChildren(
    ...["first", "second", "third"].map((key) =>
      el(
        "button",
        { type: "button", class: "ticket", on: { click: () => send({ text: t(`greeting.${key}`) }) } },
        el("b", {}, t(`greeting.${key}`)),
        el("span", {}, t(`greeting.${key}_note`)),
      ),
    ),
  );
}

// crypto.randomUUID is kept from pages without https, and a page in a home network has none.
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}
