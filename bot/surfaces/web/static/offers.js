// What only the bot knows that an option may be: models, heads, commands. Asked for while somebody types.
import { language } from "./texts.js";

// Says "told" when an answer came.
export class Offers extends EventTarget {
  #connection;
  #id = 0;
  #asked = null;
  #told = null;

  constructor(connection) {
    super();
    this.#connection = connection;
    connection.addEventListener("offers", ({ detail }) => {
      if (this.#asked?.id !== detail.id) return; // more was typed since
      this.#told = { ...this.#asked, offers: detail.offers };
      this.dispatchEvent(new Event("told"));
    });
    connection.addEventListener("welcome", () => this.forget());
  }

  // [[shown, value]] for what is typed of an option; until the answer is there, what still fits of the one before.
  of(command, option, typed, given) {
    const asked = { command: command.name, option: option.name, typed, given, locale: language() };
    const key = JSON.stringify(asked);
    if (this.#asked?.key !== key) {
      this.#asked = { ...asked, key, id: ++this.#id };
      this.#connection.complete({ ...asked, id: this.#id });
    }
    const told = this.#told;
    if (told?.key === key) return told.offers;
    if (told?.command !== asked.command || told.option !== asked.option) return [];
    return told.offers.filter((words) => words.some((word) => word.toLowerCase().startsWith(typed.toLowerCase())));
  }

  // What there is may be something else the next time.
  forget() {
    this.#asked = null;
    this.#told = null;
  }
}
