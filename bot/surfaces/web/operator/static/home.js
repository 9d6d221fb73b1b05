// Everybody's characters, each with pictures of her.
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { live } from "./asking.js";
import { newCharacter } from "./describing.js";
import { card, chip, head, headOf, nothing, percent } from "./parts.js";

const SHOWN = 8;

export function home(main) {
  const list = el("div", { class: "girls" });
  const opened = el("details", { class: "card fold" }, el("summary", {}, t("home.new")), newCharacter());
  main.append(head(t("home.head")), list, opened);
  const watched = live("home", 5, (found) => {
    list.replaceChildren(...found.characters.map(girlCard));
    if (!found.characters.length) {
      list.append(nothing(t("home.none")));
      opened.open = true;
    }
  }, (text) => list.replaceChildren(nothing(text)));
  return watched.end;
}

function girlCard(one) {
  const pictures = one.sample.slice(0, SHOWN).map((id) => headOf(id));
  return card(
    "girl",
    el(
      "a",
      { class: "girl-link", href: `/operator/characters/${one.id}` },
      pictures.length
        ? el("div", { class: "heads", role: "img", "aria-label": t("home.heads", { name: one.name }) }, ...pictures)
        : el("div", { class: "heads heads-none" }, t("home.no_heads")),
      el("h2", {}, one.name),
      el("p", { class: "soft" }, owner(one)),
    ),
    el(
      "div",
      { class: "chips" },
      learning(one),
      chip(t("home.accepted", { count: one.counts.accepted })),
      one.hidden && chip(t("character.hidden_badge")),
      one.counts.waiting > 0 && el("a", { class: "chip chip-link", href: `/operator/characters/${one.id}/review` }, t("home.review", { count: one.counts.waiting })),
    ),
  );
}

export const owner = (one) => (one.home === "everybody" ? t("owner.everybody") : one.owner);

function learning(one) {
  if (one.run?.state === "running") return chip(t("home.learning", { percent: percent(one.run.progress.share) }), "busy");
  if (one.run) return chip(t("home.queued", { place: one.run.place }), "wait");
  return one.version ? chip(t("home.taught"), "good") : chip(t("home.untaught"));
}
