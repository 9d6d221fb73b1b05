// The conversation: what is in it, and where it stands on the page.
import { answerNode } from "./answer.js";
import { el, girl } from "./element.js";
import { ownNode, replyQuote } from "./own.js";
import { language, onLanguage, t } from "./texts.js";

export class Log extends EventTarget {
  #rows = new Map(); // seq -> row
  #nodes = new Map(); // seq -> element
  #working = new Map(); // seq of the question -> element
  #pending = new Map(); // id -> {saying, node, thumbs}
  #thumbs = new Map(); // id -> the pictures that this tab sent
  #acts;
  #rowsList = document.getElementById("rows");
  #workingList = document.getElementById("working");
  #pendingList = document.getElementById("pending");
  #greeting = document.getElementById("greeting");

  constructor(acts) {
    super();
    this.#acts = acts;
    onLanguage(() => this.#again());
  }

  row(seq) {
    return this.#rows.get(Number(seq)) ?? null;
  }

  // What an answer answers.
  question(seq) {
    return this.row(this.row(seq)?.body.to) ?? null;
  }

  // Every picture of the conversation, oldest first: {row, picture}.
  pictures() {
    return [...this.#rows.values()].flatMap((row) => (row.body.pictures ?? []).map((picture) => ({ row, picture })));
  }

  // Lines that were typed, oldest first, for the message field to bring back.
  lines() {
    return [...this.#rows.values()].filter((r) => r.kind === "own" && !r.body.pressed && r.body.text).map((r) => r.body.text);
  }

  add(row, { fresh }) {
    if (this.#rows.has(row.seq)) return;
    this.#rows.set(row.seq, row);
    if (row.kind === "own") this.#arrived(row.body.id);
    const node = this.#node(row, fresh);
    this.#nodes.set(row.seq, node);
    this.#divide(row);
    this.#rowsList.append(node);
    this.#greet();
    // what was said in another tab moves nobody's page
    this.#changed(row.kind === "own" ? "echo" : row.kind, fresh);
  }

  // Only these of the newest are still there: what was taken back while this tab was away goes.
  keep(seqs) {
    const kept = new Set(seqs);
    const oldest = Math.min(...seqs);
    for (const seq of [...this.#rows.keys()]) if (!kept.has(seq) && (seq > oldest || !seqs.length)) this.gone(seq);
    this.#greet();
  }

  gone(seq) {
    this.#nodes.get(seq)?.remove();
    this.#nodes.delete(seq);
    this.#rows.delete(seq);
    this.#greet();
  }

  progress({ to, text, fraction }) {
    let node = this.#working.get(to);
    if (!node) {
      node = el(
        "li",
        { class: "row working" },
        girl("avatar"),
        el(
          "div",
          { class: "working-body" },
          el("p", { class: "working-line" }, el("span", { class: "working-text" }), el("span", { class: "pencil" })),
          el("progress", { max: 1 }),
        ),
      );
      this.#working.set(to, node);
      this.#workingList.append(node);
    }
    node.querySelector(".working-text").textContent = text || t("working.thinking");
    const bar = node.querySelector("progress");
    if (fraction === null) bar.removeAttribute("value");
    else bar.value = fraction;
    bar.setAttribute("aria-label", text || t("working.thinking"));
    this.#changed("working", true);
  }

  done(to) {
    this.#working.get(to)?.remove();
    this.#working.delete(to);
  }

  // What is being worked on, after a reload: the rest is done.
  workingOn(list) {
    for (const to of [...this.#working.keys()]) if (!list.some((w) => w.to === to)) this.done(to);
    for (const progress of list) this.progress(progress);
  }

  pend(saying, thumbs) {
    if (thumbs.length) this.#thumbs.set(saying.id, thumbs);
    const node = ownNode({ ...saying, uploads: thumbs.length }, { thumbs, quote: replyQuote(this.row(saying.reply_to)), fresh: true });
    node.classList.add("pending");
    this.#pending.set(saying.id, { saying, node });
    this.#pendingList.append(node);
    this.#greet();
    this.#changed("own", true);
  }

  refuse(id, text, again) {
    const pending = this.#pending.get(id);
    if (!pending) return;
    pending.node.classList.add("refused");
    pending.node.querySelector(".refusal")?.remove();
    pending.node.querySelector(".own-body").append(
      el(
        "div",
        { class: "refusal", role: "alert" },
        el("span", {}, text),
        el("button", { type: "button", class: "refusal-again", on: { click: () => (this.#drop(id), again()) } }, t("status.again")),
      ),
    );
    this.#changed("own", true);
  }

  // Says quietly under what waits that it waits.
  waiting(text) {
    for (const { node } of this.#pending.values()) {
      if (text) node.dataset.waiting = text;
      else delete node.dataset.waiting;
    }
  }

  #drop(id) {
    this.#pending.get(id)?.node.remove();
    this.#pending.delete(id);
    this.#greet();
  }

  #arrived(id) {
    this.#drop(id);
  }

  #node(row, fresh) {
    if (row.kind === "own") {
      const { body } = row;
      return ownNode(body, { seq: row.seq, thumbs: this.#thumbs.get(body.id) ?? [], quote: replyQuote(this.row(body.reply_to)), fresh: false });
    }
    return answerNode(row, this.#acts, { fresh, quote: this.#question(row) });
  }

  // What an answer answers, where something else was said in between.
  #question(row) {
    const asked = this.#rows.get(row.body.to);
    if (!asked) return null;
    const between = [...this.#rows.keys()].some((seq) => seq > asked.seq && seq < row.seq && this.#rows.get(seq).kind === "own");
    return between ? asked.body.text : null;
  }

  #divide(row) {
    const day = dayOf(row.created);
    const last = [...this.#rowsList.querySelectorAll(".day")].at(-1)?.dataset.day;
    if (!day || day === last || (day === dayOf(new Date()) && last === undefined)) return;
    this.#rowsList.append(el("li", { class: "day", "data-day": day, "data-at": row.created }, dayName(row.created)));
  }

  #again() {
    for (const [seq, node] of this.#nodes) {
      const fresh = this.#node(this.#rows.get(seq), false);
      node.replaceWith(fresh);
      this.#nodes.set(seq, fresh);
    }
    for (const day of this.#rowsList.querySelectorAll(".day")) day.textContent = dayName(day.dataset.at);
  }

  #greet() {
    this.#greeting.hidden = this.#rows.size > 0 || this.#pending.size > 0;
  }

  #changed(kind, fresh) {
    this.dispatchEvent(new CustomEvent("change", { detail: { kind, fresh } }));
  }
}

function dayOf(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

function dayName(at) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayOf(at) === dayOf(new Date())) return t("today");
  if (dayOf(at) === dayOf(yesterday)) return t("yesterday");
  return new Date(at).toLocaleDateString(language(), { month: "long", day: "numeric", weekday: "short" });
}
