// One training as it goes: how far, its curves, its pictures, its log.
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { live } from "./asking.js";
import { chart } from "./chart.js";
import { afterAsking } from "./describing.js";
import { button, card, chip, facts, head, link, moment, nothing, picture, RUN_CHIPS, versionName } from "./parts.js";
import { bar } from "./runs.js";

const SECONDS = 2;
const SHEETS = ["pairs", "sheet", "strip", "animation"];

export function run(main, number) {
  const told = el("div", { class: "told" });
  const curves = el("div", { class: "charts" });
  const sheets = el("div", { class: "sheets" });
  const log = el("pre", { class: "log-lines", tabindex: 0, "aria-label": t("runs.log") });
  const parts = el("div", { hidden: true }, card("", el("h2", {}, t("runs.curves")), curves), sheets, card("", el("h2", {}, t("runs.log")), log));
  main.append(told, parts);
  const shown = new Map(); // name -> the plate that shows its sheet
  const watched = live(`runs/${number}`, SECONDS, (one) => {
    parts.hidden = false;
    told.replaceChildren(...introduced(one, watched.look));
    const drawn = Object.entries(one.curves).map(([name, points]) => chart(name, points));
    curves.replaceChildren(...(drawn.length ? drawn : [el("p", { class: "soft" }, t("runs.no_curves"))]));
    for (const name of SHEETS) plate(sheets, shown, name, one.sheets[name]);
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    log.textContent = one.log.join("\n") || t("runs.no_log");
    if (atEnd) log.scrollTop = log.scrollHeight;
    if (!one.under_way) watched.end();
  }, (text) => main.replaceChildren(nothing(text)));
  return watched.end;
}

// Takes the place of the older one when it has come, so that nothing blinks.
function plate(sheets, shown, name, address) {
  const before = shown.get(name);
  if (!address || before?.address === address) return;
  const image = el("img", { src: address, alt: t(`sheet.${name}`), decoding: "async" });
  if (before) {
    before.address = address;
    image.addEventListener("load", () => {
      before.node.querySelector("a").href = address;
      before.node.querySelector("img").replaceWith(image);
    });
    return;
  }
  const node = card(`sheet-card sheet-${name}`, el("h2", {}, t(`sheet.${name}`)), picture(address, t(`sheet.${name}`)));
  shown.set(name, { address, node });
  sheets.append(...[...SHEETS].filter((one) => shown.has(one)).map((one) => shown.get(one).node));
}

function introduced(one, changed) {
  const stop = () => afterAsking(t("versions.sure_stop"), "stop", { character: one.character }, changed);
  const her = `/operator/characters/${one.character}`;
  return [
    head(
      t("runs.run", { id: one.id }),
      chip(one.state_name, RUN_CHIPS[one.state]),
      one.name && link(one.name, her),
      one.under_way && button(t("training.stop"), stop),
    ),
    card(
      "",
      one.under_way && bar(one),
      facts(
        [t("runs.pictures"), one.pictures || null],
        [t("runs.minutes"), Number(one.minutes.toFixed(1))],
        [t("runs.device"), one.device],
        [t("runs.base"), one.base],
        [t("runs.asked"), one.member ?? t("runs.schedule")],
        [t("runs.began"), moment(one.began)],
        [t("runs.ended"), moment(one.ended)],
        [t("runs.became"), one.version && `${versionName(one.version.id)} · ${one.version.state_name}`],
        [t("runs.why"), one.why || one.version?.why],
      ),
      one.version?.numbers && el("p", { class: "soft" }, one.version.numbers),
      one.detail && el("p", { class: "warn mono" }, one.detail),
    ),
  ];
}
