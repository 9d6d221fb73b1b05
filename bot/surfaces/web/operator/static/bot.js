// How the bot is: what waits, who works, what is learnt, what is wrong.
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { live } from "./asking.js";
import { card, chip, head, nothing } from "./parts.js";
import { runLine } from "./runs.js";

const WORKER_CHIPS = { starting: "wait", idle: "good", busy: "busy", dead: "bad", stopped: "" };
const SURFACE_CHIPS = { starting: "wait", waiting: "wait", up: "good", failed: "bad", off: "" };

export function bot(main) {
  const drawn = el("div");
  main.append(head(t("bot.head")), drawn);
  const watched = live("bot", 2, (found) => drawn.replaceChildren(...all(found)), (text) => drawn.replaceChildren(nothing(text)));
  return watched.end;
}

function all(found) {
  const counts = [
    ["bot.queue", found.queue],
    ["bot.running", found.running],
    ["bot.served", found.served],
    ["bot.turned_away", found.turned_away],
  ];
  return [
    el("div", { class: "counts" }, ...counts.map(([key, count]) => el("div", { class: "card count" }, el("b", {}, String(count)), el("span", {}, t(key))))),
    found.alerts.length && card("alerts", el("h2", {}, t("bot.alerts")), ...found.alerts.map((one) => el("p", { class: "warn" }, one.text))),
    el(
      "div",
      { class: "columns" },
      el("div", { class: "column" }, card("", el("h2", {}, t("bot.workers")), ...found.hands.map(worker))),
      el(
        "div",
        { class: "column" },
        card("", el("h2", {}, t("bot.trainings")), ...found.trainings.map((run) => runLine(run, run.name)), !found.trainings.length && el("p", { class: "soft" }, t("bot.no_trainings"))),
        card("", el("h2", {}, t("bot.surfaces")), ...found.surfaces.map(surface)),
      ),
    ),
  ].filter(Boolean);
}

function worker(one) {
  const words = [one.device, one.bytes > 0 && t("bot.memory", { mb: Math.round(one.bytes / 1e6) }), one.restarts > 0 && t("bot.restarts", { count: one.restarts }), ...one.models];
  return el(
    "div",
    { class: "line" },
    el("div", { class: "line-head" }, chip(t(`worker.${one.state}`), WORKER_CHIPS[one.state]), el("b", { class: "mono" }, one.name)),
    el("p", { class: "soft" }, words.filter(Boolean).join(" · ")),
  );
}

function surface(one) {
  return el(
    "div",
    { class: "line" },
    el("div", { class: "line-head" }, chip(t(`surface.${one.state}`), SURFACE_CHIPS[one.state]), el("b", { class: "mono" }, one.name)),
    one.detail && el("p", { class: "warn" }, one.detail),
  );
}
