// The versions of a character, newest first: which draws her, and each beside the one before.
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { afterAsking } from "./describing.js";
import { button, chip, moment, picture, versionName } from "./parts.js";

const CHIPS = { candidate: "wait", promoted: "good", retired: "" };

export function versions(her, changed) {
  const back = her.versions.filter((one) => one.state !== "candidate" && !one.tainted && !one.pruned).length > 1;
  const ask = () => afterAsking(t("versions.sure_rollback"), "rollback", { character: her.id }, changed);
  return [
    el("div", { class: "head2" }, el("h2", {}, t("versions.head")), back && button(t("versions.rollback"), ask)),
    ...her.versions.map((one) => versionLine(her, one, changed)),
    !her.versions.length && el("p", { class: "soft" }, t("versions.none")),
  ].filter(Boolean);
}

function versionLine(her, one, changed) {
  const use = () => afterAsking(t("versions.sure_use", { version: versionName(one.id) }), "promote", { character: her.id, version: one.id }, changed);
  const [good, bad] = one.votes;
  const usable = one.state !== "promoted" && !one.tainted && !one.pruned;
  return el(
    "div",
    { class: "line", "data-version": one.id },
    el(
      "div",
      { class: "line-head" },
      chip(one.state_name, CHIPS[one.state]),
      el("b", { class: "mono", title: one.id }, versionName(one.id)),
      el("span", { class: "soft" }, moment(one.created)),
      usable && button(t("versions.use"), use, "act-small"),
    ),
    el(
      "p",
      { class: "soft" },
      [
        t("versions.pictures", { count: one.pictures }),
        t("versions.kimg", { kimg: Number(one.kimg.toFixed(1)) }),
        good + bad > 0 && t("versions.votes", { good, bad }),
        one.tainted && t("versions.tainted"),
        one.pruned && t("versions.pruned"),
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    one.numbers && el("p", { class: "soft" }, one.numbers),
    one.why && el("p", { class: "warn" }, one.why),
    one.pairs && el("details", { class: "pairs", open: one.id === her.versions[0].id }, el("summary", {}, t("versions.pairs")), picture(one.pairs, t("versions.pairs_alt"))),
  );
}
