// The commands that the bot knows, as the page sees them.
import { boot } from "./boot.js";

export const commands = boot.commands ?? [];
const byName = new Map(commands.flatMap((c) => namesOf(c).map((name) => [name, c])));
const groups = new Set(commands.flatMap((c) => [c.name, c.zh].filter((n) => n.includes(" ")).map((n) => n.split(" ")[0].toLowerCase())));

export const commandOf = (word) => byName.get(word.toLowerCase().replace(/\s+/g, " ")) ?? null;

// All that a command goes by; of a group, each word in either language.
function namesOf({ name, zh, aliases = [] }) {
  const [one, other] = [name, zh].map((words) => words.toLowerCase().split(" "));
  const rest = [one[1], other[1]].filter(Boolean);
  return [one[0], other[0]].flatMap((first) => (rest.length ? rest.map((second) => `${first} ${second}`) : [first])).concat(aliases);
}

const starts = (boot.starts ?? ["/"]).flatMap((start) => (start === "/" ? ["/", "／"] : [start]));

// Splits a line's first word (two, where it begins the commands of a group) into its start ("/", or none) and the rest.
export function head(text) {
  const start = starts.find((s) => s !== "" && text.startsWith(s)) ?? "";
  let word = /^\S*/.exec(text.slice(start.length))[0];
  if (groups.has(word.toLowerCase())) word = /^\S+(?:\s+\S*)?/.exec(text.slice(start.length))[0];
  return { start, word, rest: text.slice(start.length + word.length) };
}

const takers = new Set(boot.takers ?? []);

// Whether a line's command looks at pictures, a hidden one's too.
export const takesPictures = (line) => takers.has(head(line).word.toLowerCase());

export const defaultStart = boot.starts?.[0] ?? "/";
