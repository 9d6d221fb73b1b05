// Puts the operator's page together: one view at a time, as its address says.
import { boot } from "/static/boot.js";
import { settings } from "/static/settings.js";
import { onLanguage, translate } from "/static/texts.js";
import { bot } from "./bot.js";
import { character } from "./character.js";
import { groups } from "./groups.js";
import { home } from "./home.js";
import { review } from "./review.js";
import { run } from "./run.js";

const VIEWS = { home, character, review, run, bot, groups };
const main = document.getElementById("main");
let leave = null;

translate(document);
settings();
for (const link of document.querySelectorAll(".places a")) {
  if (link.dataset.view === boot.view) link.setAttribute("aria-current", "page");
  else if (link.dataset.view === "home" && boot.number !== null) link.setAttribute("aria-current", "true");
}
show();
onLanguage(show);

function show() {
  leave?.();
  main.replaceChildren();
  leave = VIEWS[boot.view](main, boot.number);
}
