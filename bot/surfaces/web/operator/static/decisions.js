// What was decided and not sent yet: until then it can be taken back, as nothing brings back a picture that was refused.
const WAIT = 6_000; // ms after the last decision

export class Decisions extends EventTarget {
  #marks = new Map(); // id -> "accept", "refuse", "ban" or "pardon", in the order in which they were made
  #timer = 0;
  #send;

  constructor(send) {
    super();
    this.#send = send;
  }

  get size() {
    return this.#marks.size;
  }

  of(id) {
    return this.#marks.get(id) ?? null;
  }

  mark(id, what) {
    this.#marks.delete(id);
    this.#marks.set(id, what);
    this.#changed([id]);
  }

  // Takes the last one back; gives whose it was, null where there is none.
  undo() {
    const id = [...this.#marks.keys()].pop() ?? null;
    if (id === null) return null;
    this.#marks.delete(id);
    this.#changed([id]);
    return id;
  }

  // All at once, and in order; what is refused is unmarked, too: it stands there as it is.
  async flush(options = {}) {
    clearTimeout(this.#timer);
    const kinds = new Map();
    for (const [id, what] of this.#marks) kinds.set(what, [...(kinds.get(what) ?? []), id]);
    this.#marks.clear();
    this.#changed([...kinds.values()].flat());
    await Promise.all([...kinds].map(([what, ids]) => this.#send(what, ids, options)));
  }

  #changed(ids) {
    clearTimeout(this.#timer);
    if (this.#marks.size) this.#timer = setTimeout(() => this.flush(), WAIT);
    this.dispatchEvent(new CustomEvent("change", { detail: ids }));
  }
}
