// The connection: comes back by itself, and sends again what may have been lost.
import { language } from "./texts.js";

const LOGIN = 4401;
const FIRST_WAIT = 400; // ms
const LONGEST_WAIT = 15_000;
const PONG_WITHIN = 5_000;

export class Connection extends EventTarget {
  #socket = null;
  #wait = FIRST_WAIT;
  #timer = 0;
  #pong = 0;
  #since = 0;
  #unheard = new Map(); // id -> say: not yet in the log as far as we know

  constructor() {
    super();
    this.up = false;
    addEventListener("online", () => this.#now());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#check();
    });
    // a page that comes out of the back-forward cache has lost its socket without a word
    addEventListener("pageshow", (event) => event.persisted && this.#now());
  }

  open() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ type: "hello", since: this.#since, locale: language() }));
    });
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#hear(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => this.#closed(socket, event.code));
  }

  say(saying) {
    this.#unheard.set(saying.id, saying);
    this.#send({ type: "say", ...saying });
  }

  complete(asked) {
    this.#send({ type: "complete", ...asked });
  }

  #send(message) {
    if (this.up) this.#socket.send(JSON.stringify(message));
  }

  #hear(message) {
    if (message.type === "welcome") {
      this.up = true;
      this.#wait = FIRST_WAIT;
      for (const row of message.rows) this.#heard(row);
    }
    if (message.type === "row") this.#heard(message);
    if (message.type === "refused") this.#unheard.delete(message.id);
    if (message.type === "pong") clearTimeout(this.#pong);
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
    if (message.type === "welcome") for (const saying of this.#unheard.values()) this.#send({ type: "say", ...saying });
  }

  #heard(row) {
    this.#since = Math.max(this.#since, row.seq);
    if (row.kind === "own") this.#unheard.delete(row.body.id);
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.up = false;
    clearTimeout(this.#pong);
    if (code === LOGIN) {
      location.assign("/login");
      return;
    }
    this.dispatchEvent(new CustomEvent("down"));
    this.#timer = setTimeout(() => this.open(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #now() {
    if (this.up) return this.#check();
    if (this.#socket?.readyState === WebSocket.CONNECTING) return;
    this.#wait = FIRST_WAIT;
    this.open();
  }

  // A phone that slept may hold a socket that is dead without knowing.
  #check() {
    if (!this.up) return this.#now();
    this.#send({ type: "ping" });
    clearTimeout(this.#pong);
    this.#pong = setTimeout(() => {
      const dead = this.#socket;
      this.up = false;
      this.dispatchEvent(new CustomEvent("down"));
      this.open(); // takes the place of the dead one, whose end is then of no interest
      dead.close();
    }, PONG_WITHIN);
  }
}
