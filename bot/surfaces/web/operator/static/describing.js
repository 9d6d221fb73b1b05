// The words about a character: given to a new one, or changed.
import { boot } from "/static/boot.js";
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { doing } from "./asking.js";
import { button, choice, entry, field, form, submit, sure, tick } from "./parts.js";

const LONGEST_NAME = 24;
const LONGEST_TEXT = 300;

export function newCharacter() {
  const group = field(t("character.group_id"), entry("group"), "qq:30003");
  group.hidden = true;
  const home = choice("home", [["everybody", t("owner.everybody")], ["me", t("owner.me")], ["group", t("owner.group")]], "everybody");
  home.addEventListener("change", () => (group.hidden = home.value !== "group"));
  return form(
    async (entries) => {
      const done = await doing("create", { ...described(entries), home: home.value, group: entries.group.value });
      if (done) location.assign(`/operator/characters/${done.id}`);
    },
    ...words(null),
    field(t("character.home"), home),
    group,
    submit(t("character.create")),
  );
}

export function changeCharacter(her, changed) {
  return form(
    async (entries) => {
      if (await doing("change", { character: her.id, ...described(entries), hidden: entries.hidden.checked })) changed();
    },
    ...words(her),
    tick("hidden", t("character.hidden"), her.hidden),
    submit(t("character.save")),
  );
}

export function deleteCharacter(her) {
  return form(
    async (entries) => {
      if (!(await doing("delete", { character: her.id, name: entries.name.value }))) return;
      setTimeout(() => location.assign("/operator"), 1200);
    },
    el("p", { class: "soft wide" }, t("character.delete_why")),
    field(t("character.name"), entry("name", "", { required: true, placeholder: her.name })),
    el("button", { type: "submit", class: "act act-bad" }, t("character.delete")),
  );
}

function words(her) {
  const options = (names, table) => names.map((name) => [name, table(name)]);
  return [
    field(t("character.name"), entry("name", her?.name, { required: true, maxlength: LONGEST_NAME })),
    field(t("character.aliases"), entry("aliases", her?.aliases.join(", ")), t("character.aliases_hint")),
    field(t("character.description"), entry("description", her?.description, { maxlength: LONGEST_TEXT }), "", "entry-long"),
    field(t("character.licence"), entry("licence", her?.licence, { maxlength: LONGEST_TEXT }), t("character.licence_hint"), "entry-long"),
    field(t("character.contributors"), choice("contributors", options(boot.contributors, (name) => t(`contributors.${name}`)), her?.contributors ?? "everybody")),
    field(t("character.review"), choice("review", options(boot.reviews, (name) => t(`reviews.${name}`)), her?.review ?? "auto")),
  ];
}

function described(entries) {
  const names = ["name", "aliases", "description", "licence", "contributors", "review"];
  return Object.fromEntries(names.map((name) => [name, entries[name].value]));
}

export function meanHer(her, changed) {
  return button(t("character.make_default"), async () => {
    if (await doing("default", { character: her.id })) changed();
  });
}

// Asks back, does it, and says what came of it.
export async function afterAsking(text, name, fields, changed) {
  if ((await sure(text)) && (await doing(name, fields))) changed();
}
