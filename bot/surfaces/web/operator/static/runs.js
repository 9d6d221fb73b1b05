// Trainings in a line, and how far one is.
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { chip, moment, percent, RUN_CHIPS } from "./parts.js";

export function runLine(run, name = null) {
  return el(
    "a",
    { class: "line line-link", href: `/operator/runs/${run.id}` },
    el(
      "div",
      { class: "line-head" },
      chip(run.state_name, RUN_CHIPS[run.state]),
      el("b", {}, t("runs.run", { id: run.id })),
      name && el("span", {}, name),
      el("span", { class: "soft" }, moment(run.began ?? run.created)),
    ),
    run.why && el("p", { class: "warn" }, run.why),
    run.place > 0 && el("p", { class: "soft" }, t("bot.place", run)),
    run.state === "running" && bar(run),
  );
}

export function bar(run) {
  const { share, stage_name: stage, kimg, eta } = run.progress;
  const words = [stage ?? run.state_name, kimg > 0 && t("runs.kimg", { kimg: Number(kimg.toFixed(1)) }), eta !== null && eta !== undefined && t("runs.left", { minutes: Math.max(1, Math.round(eta / 60)) })];
  return el(
    "div",
    { class: "bar" },
    el("progress", run.state === "running" ? { value: percent(share), max: 100 } : { value: 0, max: 100 }),
    el("span", { class: "soft" }, words.filter(Boolean).join(" · ")),
  );
}
