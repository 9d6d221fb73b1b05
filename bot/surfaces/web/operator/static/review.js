// Contributions in a grid that the keyboard goes through: arrows, A accept, R refuse, B ban, U take back.
import { el, icon } from "/static/element.js";
import { t } from "/static/texts.js";
import { toast } from "/static/toast.js";
import { ask, change } from "./asking.js";
import { Decisions } from "./decisions.js";
import { looked } from "./looked.js";
import { head, headOf, link, nothing } from "./parts.js";

const STATES = ["waiting", "accepted", "refused"];
const KEYS = { waiting: { a: "accept", r: "refuse", b: "ban" }, accepted: { r: "refuse", b: "ban" }, refused: { p: "pardon" } };
const SIGNS = { accept: "check", refuse: "close", ban: "delete", pardon: "again" };

export function review(main, number) {
  const view = new Review(main, number);
  view.start();
  return () => view.end();
}

class Review {
  #main;
  #number;
  #state;
  #shown = new Map(); // id -> contribution, in the order of the grid
  #tiles = new Map();
  #at = null;
  #next = 0; // after which id there is more; null: nowhere
  #loading = false;
  #ended = false;
  #decisions = new Decisions((what, ids, options) => this.#send(what, ids, options));

  #top = el("div");
  #grid = el("ul", { class: "grid", role: "listbox", "aria-label": t("review.grid"), "aria-orientation": "horizontal" });
  #side = el("aside", { class: "card looked" });
  #bar = el("div", { class: "decided", role: "status", hidden: true });
  #end = el("div", { class: "grid-end" });

  constructor(main, number) {
    this.#main = main;
    this.#number = number;
    const asked = new URLSearchParams(location.search).get("state");
    this.#state = STATES.includes(asked) ? asked : "waiting";
  }

  start() {
    const may = Object.entries(KEYS[this.#state]).map(([key, what]) => `${key.toUpperCase()} ${t(`review.${what}`)}`);
    const keys = el("p", { class: "soft grid-keys" }, [t("review.arrows"), ...may, t("review.keys")].join(" · "));
    this.#main.append(this.#top, el("div", { class: "reviewing" }, el("div", {}, this.#grid, this.#end, keys), this.#side), this.#bar);
    this.#side.hidden = true;
    this.#grid.addEventListener("keydown", (event) => this.#pressed(event));
    this.#grid.addEventListener("focusin", (event) => this.#look(Number(event.target.closest("[data-id]")?.dataset.id)));
    this.#decisions.addEventListener("change", ({ detail }) => this.#marked(detail));
    new IntersectionObserver(([seen]) => seen.isIntersecting && this.#more(), { rootMargin: "600px" }).observe(this.#end);
    addEventListener("pagehide", this.#leave);
    this.#more();
  }

  end() {
    this.#ended = true;
    removeEventListener("pagehide", this.#leave);
    this.#leave();
  }

  // A page that goes away takes nothing along that was decided.
  #leave = () => {
    if (this.#decisions.size) this.#decisions.flush({ keepalive: true });
  };

  async #more() {
    if (this.#loading || this.#next === null) return;
    this.#loading = true;
    try {
      const found = await ask(`characters/${this.#number}/contributions?state=${this.#state}&after=${this.#next}`);
      if (this.#ended) return;
      this.#next = found.next;
      this.#introduce(found);
      for (const one of found.contributions) this.#add(one);
      if (this.#at === null && this.#shown.size) this.#go(this.#shown.keys().next().value);
      this.#empty();
    } catch (error) {
      this.#next = null;
      if (this.#ended || !error.message) return;
      if (this.#shown.size) toast(error.message, true);
      else this.#main.replaceChildren(nothing(error.message));
    } finally {
      this.#loading = false;
    }
    if (this.#next !== null && this.#end.getBoundingClientRect().top < innerHeight + 600) this.#more();
  }

  #introduce(found) {
    const tabs = STATES.map((state) =>
      el("a", { href: `?state=${state}`, "aria-current": state === this.#state ? "page" : null }, t(`review.${state}`, { count: found.counts[state] })),
    );
    this.#top.replaceChildren(
      head(t("review.head"), link(found.name, `/operator/characters/${this.#number}`)),
      el("nav", { class: "tabs" }, ...tabs),
    );
  }

  #add(one) {
    if (this.#shown.has(one.id)) return;
    const label = t("review.tile", { id: one.id, member: one.member });
    const tile = el(
      "li",
      { class: "tile", role: "option", "data-id": one.id, tabindex: -1, "aria-selected": "false", "aria-label": label, on: { click: () => this.#go(one.id) } },
      one.kept ? headOf(one.id) : el("span", { class: "tile-gone" }, `#${one.id}`),
    );
    this.#shown.set(one.id, one);
    this.#tiles.set(one.id, tile);
    this.#grid.append(tile);
  }

  #empty() {
    const none = this.#shown.size === 0 && this.#next === null;
    this.#side.hidden = this.#shown.size === 0;
    this.#end.replaceChildren(...(none ? [nothing(t(this.#state === "waiting" ? "review.none_waiting" : "review.none"))] : []));
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ids = [...this.#shown.keys()];
    const place = ids.indexOf(this.#at);
    const columns = this.#columns();
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -place, End: ids.length - 1 - place };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key in steps) {
      const to = place + steps[key];
      if (to >= 0 && to < ids.length) this.#go(ids[to]);
      else if (key === "ArrowDown" && place < ids.length - 1) this.#go(ids.at(-1)); // the last row may be shorter
    } else if (key in KEYS[this.#state]) this.#decide(KEYS[this.#state][key]);
    else if (key === "u") this.#undo();
    else if (key === "Enter") this.#decisions.flush();
    else return;
    event.preventDefault();
  }

  #columns() {
    const tops = [...this.#tiles.values()].map((tile) => tile.offsetTop);
    const second = tops.findIndex((top) => top > tops[0]);
    return second < 0 ? tops.length : second;
  }

  #go(id) {
    this.#tiles.get(id)?.focus({ preventScroll: true });
    this.#tiles.get(id)?.scrollIntoView({ block: "nearest" });
  }

  #look(id) {
    if (!this.#shown.has(id)) return;
    for (const before of [this.#tiles.get(this.#at)]) {
      before?.setAttribute("tabindex", "-1");
      before?.setAttribute("aria-selected", "false");
    }
    this.#at = id;
    this.#tiles.get(id).setAttribute("tabindex", "0");
    this.#tiles.get(id).setAttribute("aria-selected", "true");
    this.#draw();
  }

  #draw() {
    const one = this.#shown.get(this.#at);
    if (!one) return;
    const may = Object.entries(KEYS[this.#state]).map(([key, what]) => ({ key, what, icon: SIGNS[what], act: () => this.#decide(what) }));
    this.#side.replaceChildren(...looked(one, may, this.#number, () => this.#again()));
  }

  #decide(what) {
    const id = this.#at;
    if (!this.#shown.has(id)) return;
    const ids = [...this.#shown.keys()];
    this.#decisions.mark(id, what);
    const open = (one) => this.#decisions.of(one) === null;
    const place = ids.indexOf(id);
    const next = ids.slice(place + 1).find(open) ?? ids.slice(0, place).reverse().find(open);
    this.#go(next ?? id);
  }

  #undo() {
    const id = this.#decisions.undo();
    if (id !== null) this.#go(id);
  }

  #marked(ids) {
    for (const id of ids) {
      const tile = this.#tiles.get(id);
      const what = this.#decisions.of(id);
      tile?.querySelector(".mark")?.remove();
      if (!tile) continue;
      if (what === null) delete tile.dataset.mark;
      else {
        tile.dataset.mark = what;
        tile.append(el("span", { class: "mark" }, icon(SIGNS[what]), t(`review.${what}_mark`)));
      }
    }
    const count = this.#decisions.size;
    const acts = [
      el("button", { type: "button", class: "act", on: { click: () => this.#undo() } }, t("review.undo"), el("kbd", {}, "U")),
      el("button", { type: "button", class: "act act-first", on: { click: () => this.#decisions.flush() } }, t("review.send"), el("kbd", {}, "⏎")),
    ];
    this.#bar.hidden = count === 0;
    this.#bar.replaceChildren(el("span", {}, t("review.decided", { count })), el("div", { class: "acts" }, ...acts));
  }

  async #send(what, ids, options) {
    try {
      const done = await change(what, { ids }, options);
      if (this.#ended) return;
      this.#drop(ids);
      toast(done.text);
      this.#introduce(await ask(`characters/${this.#number}/contributions?state=${this.#state}&after=${ids[0]}`));
    } catch (error) {
      if (!this.#ended && error.message) toast(error.message, true);
    }
  }

  // They are something else now, and not of this grid.
  #drop(ids) {
    const before = [...this.#shown.keys()];
    const gone = new Set(ids);
    const place = before.indexOf(this.#at);
    const next = gone.has(this.#at) ? (before.slice(place).find((id) => !gone.has(id)) ?? before.filter((id) => !gone.has(id)).pop()) : this.#at;
    const focused = this.#grid.contains(document.activeElement) || document.activeElement === document.body;
    for (const id of ids) {
      this.#tiles.get(id)?.remove();
      this.#tiles.delete(id);
      this.#shown.delete(id);
    }
    if (next === undefined) this.#at = null;
    else if (focused) this.#go(next);
    else this.#look(next);
    this.#empty();
    if (this.#shown.size < 20) this.#more();
  }

  // After what concerns many at once.
  #again() {
    this.#shown.clear();
    this.#tiles.clear();
    this.#grid.replaceChildren();
    this.#at = null;
    this.#next = 0;
    this.#more();
  }
}
