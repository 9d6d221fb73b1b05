// The groups that the bot is in, or that have something of their own here, and what holds in each.
import { boot } from "/static/boot.js";
import { el } from "/static/element.js";
import { t } from "/static/texts.js";
import { doing, live } from "./asking.js";
import { afterAsking } from "./describing.js";
import { button, card, chip, entry, field, form, head, nothing, numberIn, submit } from "./parts.js";

export function groups(main) {
  const list = el("div", { class: "groups" });
  main.append(head(t("groups.head")), el("p", { class: "soft under" }, t("groups.contributions", { count: boot.limits.contributions })), list);
  const watched = live("groups", 0, (found) => {
    list.replaceChildren(...found.groups.map((one) => group(one, watched.look)));
    if (!found.groups.length) list.append(nothing(t("groups.none")));
  }, (text) => list.replaceChildren(nothing(text)));
  return watched.end;
}

function group(one, changed) {
  const own = (value) => t("groups.own", { value });
  const badges = [
    one.ban && chip(t("groups.banned"), "bad"),
    !one.there && chip(t("groups.not_there")),
    !one.allowed && chip(t("groups.not_allowed"), "wait"),
    one.members !== null && chip(t("groups.members", { count: one.members })),
  ].filter(Boolean);
  const ban = one.ban
    ? button(t("groups.unban"), async () => (await doing("unban-group", { group: one.id })) && changed())
    : button(t("groups.ban"), () => afterAsking(t("groups.sure_ban", { group: one.id }), "ban-group", { group: one.id, reason: "" }, changed));
  return card(
    "group",
    el("div", { class: "head2" }, el("h2", {}, one.name || one.id), ...badges),
    one.name && el("p", { class: "soft mono" }, one.id),
    one.ban?.reason && el("p", { class: "warn" }, one.ban.reason),
    one.characters.length > 0 && el("div", { class: "chips" }, ...one.characters.map((her) => el("a", { class: "chip chip-link", href: `/operator/characters/${her.id}` }, her.name))),
    one.off.length > 0 && el("p", { class: "soft" }, t("groups.off", { names: one.off.join(", ") })),
    form(
      async (entries) => {
        const fields = { group: one.id, cooldown: numberIn(entries.cooldown), quota: numberIn(entries.quota), quiet: entries.quiet.value.trim() || null };
        if (await doing("group", fields)) changed();
      },
      field(t("groups.cooldown"), entry("cooldown", one.cooldown ?? "", { type: "number", min: 0, step: "any", placeholder: own(boot.limits.cooldown) })),
      field(t("groups.quota"), entry("quota", one.quota ?? "", { type: "number", min: 0, placeholder: own(boot.limits.quota) })),
      field(t("groups.quiet"), entry("quiet", one.quiet ?? ""), t("groups.quiet_hint")),
      submit(t("groups.save")),
      ban,
    ),
    one.bans.length > 0 && el("h3", {}, t("groups.bans")),
    ...one.bans.map((banned) =>
      el(
        "div",
        { class: "line line-head" },
        el("b", { class: "mono" }, banned.member),
        el("span", { class: "soft" }, banned.reason),
        button(t("groups.member_unban"), async () => (await doing("unban-member", { group: one.id, member: banned.member })) && changed(), "act-small"),
      ),
    ),
  );
}
