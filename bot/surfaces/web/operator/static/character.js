// One character: what was given, how she is drawn, how she is learnt.
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { live } from "./asking.js";
import { changeCharacter, deleteCharacter, meanHer } from "./describing.js";
import { owner } from "./home.js";
import { card, chip, head, headOf, link, nothing, picture } from "./parts.js";
import { runLine } from "./runs.js";
import { scheduling, startTraining, underWay } from "./training.js";
import { versions } from "./versions.js";

export function character(main, number) {
  const told = el("div");
  const given = card("given");
  const drawn = card("drawn");
  const learning = card("learning", el("h2", {}, t("training.head")));
  const standing = el("div", { class: "standing" });
  const history = card("versions");
  const runs = card("runs");
  const forms = el("div", { class: "forms" });
  main.append(told, el("div", { class: "columns" }, el("div", { class: "column" }, given, learning, runs, forms), el("div", { class: "column" }, drawn, history)));
  learning.append(standing);
  let opened = false;
  const columns = main.querySelector(".columns");
  columns.hidden = true;
  const watched = live(`characters/${number}`, 3, (her) => {
    columns.hidden = false;
    told.replaceChildren(...introduced(her, watched.look));
    given.replaceChildren(...contributed(her));
    drawn.replaceChildren(el("h2", {}, t("character.drawn")), her.drawn ? picture(her.drawn, t("sheet.sheet")) : el("p", { class: "soft" }, t("character.no_drawn")));
    standing.replaceChildren(...underWay(her, watched.look));
    history.replaceChildren(...versions(her, watched.look));
    runs.replaceChildren(el("h2", {}, t("runs.head")), ...(her.runs.length ? her.runs.map((run) => runLine(run)) : [el("p", { class: "soft" }, t("runs.none"))]));
    if (!opened) {
      opened = true; // what somebody types is not theirs any more where it is drawn anew
      learning.append(startTraining(her, watched.look));
      forms.append(
        fold(t("training.schedule"), scheduling(her, watched.look)),
        fold(t("character.settings"), changeCharacter(her, watched.look)),
        fold(t("character.delete"), deleteCharacter(her)),
      );
    }
  }, (text) => main.replaceChildren(nothing(text)));
  return watched.end;
}

const fold = (name, ...children) => el("details", { class: "card fold" }, el("summary", {}, name), ...children);

function introduced(her, changed) {
  const badges = [her.hidden && chip(t("character.hidden_badge")), her.default && chip(t("character.default_badge"), "good")];
  const names = [her.model, owner(her), ...her.aliases].join(" · ");
  return [
    head(her.name, ...badges.filter(Boolean), her.chooses && !her.default && meanHer(her, changed)),
    el("p", { class: "soft under" }, names),
    her.description && el("p", { class: "under" }, her.description),
    her.licence && el("p", { class: "soft under" }, her.licence),
  ].filter(Boolean);
}

function contributed(her) {
  const review = `/operator/characters/${her.id}/review`;
  const first = her.counts.waiting
    ? link(t("character.to_review", { count: her.counts.waiting }), review, "act-first")
    : link(t("character.look_at"), `${review}?state=accepted`);
  return [
    el("div", { class: "head2" }, el("h2", {}, t("character.given")), first),
    el("p", { class: "soft" }, t("character.contributed", her.counts)),
    her.sample.length
      ? el("div", { class: "heads", role: "img", "aria-label": t("home.heads", { name: her.name }) }, ...her.sample.map((id) => headOf(id)))
      : el("div", { class: "heads heads-none" }, t("home.no_heads")),
  ];
}
