// The contribution that is looked at: large, with what is known of it, and what can be done with it and its like.
import { el, icon } from "/static/element.js";
import { t } from "/static/texts.js";
import { afterAsking } from "./describing.js";
import { button, facts, moment } from "./parts.js";

// `may`: {key, what, icon, act} of what can be decided
export function looked(one, may, character, changed) {
  const acts = may.map(({ key, what, icon: sign, act }) =>
    el(
      "button",
      { type: "button", class: `act act-${what}`, title: what === "ban" ? t("review.ban_hint") : null, on: { click: act } },
      icon(sign),
      t(`review.${what}`),
      el("kbd", {}, key.toUpperCase()),
    ),
  );
  return [
    one.kept && el("img", { class: "looked-picture", src: `/operator/heads/${one.id}`, alt: t("review.tile", one) }),
    el("div", { class: "looked-acts" }, ...acts),
    one.why && one.state === "waiting" && el("p", { class: "warn" }, one.why),
    facts(
      [t("review.number"), String(one.id)],
      [t("review.member"), el("span", { class: "mono" }, one.member)],
      [t("review.when"), moment(one.created)],
      [t("review.size"), t("review.side", one)],
      [t("review.sharpness"), share(one.sharpness)],
      [t("review.likeness"), share(one.likeness)],
      [t("review.nsfw"), one.nsfw === null ? t("review.unknown") : share(one.nsfw)],
      [t("review.by"), one.decided && (one.by === null ? t("review.by_bot") : one.by || t("review.unknown"))],
    ),
    one.state !== "refused" && ofMany(one, character, changed),
  ].filter(Boolean);
}

const share = (value) => (value === null ? null : `${Math.round(100 * value)} %`);

// What a poisoned batch, or somebody who sends nothing else, takes.
function ofMany(one, character, changed) {
  const { batch, member } = one;
  return el(
    "details",
    { class: "of-many" },
    el("summary", {}, t("review.more")),
    el(
      "div",
      { class: "acts" },
      button(t("review.refuse_batch"), () => afterAsking(t("review.sure_batch", { batch }), "undo-batch", { character, batch }, changed)),
      button(t("review.refuse_member"), () => afterAsking(t("review.sure_member", { member }), "undo-member", { character, member }, changed)),
      button(t("review.ban_member"), () => afterAsking(t("review.sure_ban", { member }), "ban-member", { character, member, reason: "" }, changed), "act-bad"),
    ),
  );
}
