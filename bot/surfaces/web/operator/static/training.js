// When and how a character is learnt, and what is under way.
import { boot } from "/static/boot.js";
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { doing } from "./asking.js";
import { afterAsking } from "./describing.js";
import { button, entry, field, form, link, moment, numberIn, submit, tick } from "./parts.js";
import { bar } from "./runs.js";

export function underWay(her, changed) {
  const lines = [el("p", { class: "soft" }, t("training.new", her))];
  const due = her.schedule.due;
  lines.push(el("p", { class: "soft" }, ...(due ? said(t("training.due", { when: "\u0000" }), moment(due)) : [t("training.never")])));
  if (her.run) {
    const stop = button(t("training.stop"), () => afterAsking(t("versions.sure_stop"), "stop", { character: her.id }, changed));
    lines.push(bar(her.run), el("div", { class: "acts" }, link(t("training.watch"), `/operator/runs/${her.run.id}`, "act-first"), stop));
  }
  return lines;
}

// A sentence with an element where a field was.
function said(sentence, node) {
  const [before, after] = sentence.split("\u0000");
  return [before, node, after];
}

export function startTraining(her, changed) {
  return form(
    async (entries) => {
      const fields = { character: her.id, minutes: numberIn(entries.minutes), anyway: entries.anyway.checked };
      if (await doing("start", fields)) changed();
    },
    field(t("training.minutes"), entry("minutes", her.schedule.minutes ?? boot.limits.minutes, { type: "number", min: 1, max: 1440, step: "any" })),
    tick("anyway", t("training.anyway")),
    submit(t("training.start")),
  );
}

export function scheduling(her, changed) {
  const { schedule } = her;
  const node = form(
    async (entries) => {
      const fields = {
        character: her.id,
        enabled: entries.enabled.checked,
        when: entries.enabled.checked ? entries.when.value : null,
        zone: entries.zone.value,
        minutes: numberIn(entries.minutes),
        least: numberIn(entries.least),
      };
      if (await doing("schedule", fields)) changed();
    },
    tick("enabled", t("training.enabled"), schedule.enabled),
    field(t("training.when"), entry("when", clock(schedule.cron)), t("training.when_hint")),
    field(t("training.zone"), entry("zone", schedule.zone)),
    field(t("training.minutes"), entry("minutes", schedule.minutes ?? boot.limits.minutes, { type: "number", min: 1, max: 1440, step: "any" })),
    field(t("training.least"), entry("least", schedule.least ?? her.least_new, { type: "number", min: 1, max: 10000 })),
    submit(t("character.save")),
  );
  if (schedule.chosen) {
    node.append(
      button(t("training.unschedule"), async () => {
        if (await doing("unschedule", { character: her.id })) location.reload();
      }),
    );
  }
  return node;
}

// "30 3 * * *" is 3:30 to anybody who has not learnt cron.
function clock(cron) {
  const found = /^(\d+) (\d+) \* \* \*$/.exec(cron);
  return found ? `${found[2]}:${found[1].padStart(2, "0")}` : cron;
}
