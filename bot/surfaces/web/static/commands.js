// The commands that the bot knows, as the page sees them.
import { boot } from "./boot.js";

export const commands = boot.commands ?? [];
const byName = new Map(commands.flatMap((c) => [[c.name.toLowerCase(), c], [c.zh.toLowerCase(), c]]));

export const commandOf = (word) => byName.get(word.toLowerCase()) ?? null;

const starts = (boot.starts ?? ["/"]).flatMap((start) => (start === "/" ? ["/", "／"] : [start]));

// Splits a line's first word into its start ("/", or none) and the rest of it.
export function head(text) {
  const start = starts.find((s) => s !== "" && text.startsWith(s)) ?? "";
  const word = /^\S*/.exec(text.slice(start.length))[0];
  return { start, word, rest: text.slice(start.length + word.length) };
}

const takers = new Set(boot.takers ?? []);

// Whether a line's command looks at pictures, a hidden one's too.
export const takesPictures = (line) => takers.has(head(line).word.toLowerCase());

export const defaultStart = boot.starts?.[0] ?? "/";
