// What could come next on a line: arithmetic on texts, no element in sight.
import { commandOf, commands, defaultStart, head } from "./commands.js";
import { language, t } from "./texts.js";

const WORD = /(?:[^\s"“”]|"[^"]*"?|“[^”]*”?)+/gu;
const NAMED = /^(?:--)?([^\W\d]\w*|[\p{L}_]+)[:=：＝](.*)$/su;

// {from, items, command, option, complete} for the text before the caret; null where there is nothing to say. `pictures` are
// those of the conversation, `known` gives what the bot knows that an option may be: [[shown, value]].
// An item: {insert, name, other, about, picture}. `complete`: the line can be sent as it is.
export function suggest(text, pictures, known) {
  const lead = /^\s*/.exec(text)[0].length;
  const { start, word, rest } = head(text.slice(lead));
  if (rest === "") return commandStage(lead, start, word);
  const command = commandOf(word);
  if (!command) return null;
  return optionStage(command, text, pictures, known);
}

// What can be done with pictures that are brought along, before anything is typed.
export function suggestForPictures() {
  const items = commands
    .filter((c) => c.takes)
    .map((c) => ({ insert: `${defaultStart}${c.name} `, name: `/${c.name}`, other: c.zh, about: c.summary[language()] }));
  return { from: 0, items, command: null, option: null, complete: true };
}

function commandStage(from, start, word) {
  if (!start && !/^[^\x00-\x7f]/.test(word)) return null; // bare words are for Chinese names only
  const typed = word.toLowerCase();
  const found = commands.filter((c) => c.name.startsWith(typed) || c.zh.startsWith(typed));
  const exact = commandOf(word);
  if (!found.length) return null;
  const items = found.map((c) => {
    const chinese = c.zh.startsWith(typed) && (typed !== "" || language() === "zh-CN");
    const start_ = start || (chinese ? "" : defaultStart);
    return { insert: `${start_}${chinese && typed !== "" ? c.zh : c.name} `, name: `/${c.name}`, other: c.zh, about: c.summary[language()] };
  });
  // the start alone is a line too: the bot greets whoever says no more
  return { from, items, command: exact, option: null, complete: exact !== null || typed === "" };
}

function optionStage(command, text, pictures, known) {
  const token = /\S*$/.exec(text)[0];
  const before = text.slice(0, text.length - token.length);
  const used = usedOptions(command, before);
  const free = command.options.filter((o) => !used.has(o));
  const offers = (option, typed) => (option.known ? offered(known(command, option, typed, given(used))) : valuesOf(option, typed, pictures));
  const named = NAMED.exec(token);
  const from = text.length - token.length;
  if (named) {
    const option = optionOf(command, named[1]);
    const values = option ? offers(option, named[2]) : [];
    return { from: from + token.length - named[2].length, items: values, command, option, complete: true };
  }
  if (token.startsWith("#")) {
    const option = free.find(namesPicture) ?? null;
    return { from, items: option ? offers(option, token) : [], command, option, complete: true };
  }
  const typed = token.toLowerCase();
  const names = free
    .filter((o) => o.name.startsWith(typed) || o.label[language()].startsWith(typed))
    .map((o) => ({ insert: `${localName(o)}:`, name: `${localName(o)}:`, other: localName(o) === o.name ? "" : o.name, about: about(o), option: o }));
  // a bare value goes to the first option that is still free
  const items = free[0]?.known ? [...offers(free[0], token), ...names] : names;
  return { from, items, command, option: token ? (free[0] ?? null) : null, complete: true };
}

export const localName = (option) => (/^[\w\p{L}]+$/u.test(option.label[language()]) ? option.label[language()] : option.name);

const namesPicture = (option) => option.kind === "picture" || option.kind === "faces";

const optionOf = (command, name) => {
  const folded = name.toLowerCase();
  return command.options.find((o) => o.name.toLowerCase() === folded || Object.values(o.label).some((l) => l.toLowerCase() === folded)) ?? null;
};

// What is said already: option -> its words.
function usedOptions(command, text) {
  const used = new Map();
  for (const word of (text.trim().match(WORD) ?? []).slice(command.name.split(" ").length)) {
    const named = NAMED.exec(word);
    const free = command.options.find((o) => !used.has(o));
    const option = named ? optionOf(command, named[1]) : word.startsWith("#") ? command.options.find(namesPicture) : free;
    if (option && option.kind !== "faces") used.set(option, named ? named[2] : word);
  }
  return used;
}

// The same by names, choices as the bot calls them.
const given = (used) => Object.fromEntries([...used].map(([option, words]) => [option.name, choiceOf(option, words)?.value ?? words]));

const choiceOf = (option, words) => option.choices.find((c) => [c.value, ...Object.values(c.label)].some((name) => name.toLowerCase() === words.toLowerCase()));

const offered = (pairs) => pairs.map(([shown, value]) => ({ insert: /\s/.test(value) ? `"${value}" ` : `${value} `, name: shown, other: "", about: "" }));

function valuesOf(option, typed, pictures) {
  const folded = typed.toLowerCase();
  if (option.kind === "choice") {
    return option.choices
      .map((c) => ({ insert: `${c.label[language()]} `, name: c.label[language()], other: c.value, about: "" }))
      .filter((i) => i.name.toLowerCase().startsWith(folded) || i.other.startsWith(folded));
  }
  if (option.kind === "bool") return ["yes", "no"].map((v) => ({ insert: `${t(`completion.${v}`)} `, name: t(`completion.${v}`), other: "", about: "" }));
  if (!namesPicture(option)) return [];
  return pictures()
    .filter(({ picture }) => picture.id && `#${picture.id}`.startsWith(typed))
    .reverse()
    .slice(0, 6)
    .map(({ picture }) => ({ insert: `#${picture.id}`, name: `#${picture.id}`, other: "", about: picture.faces.length > 1 ? t("answer.faces", { count: picture.faces.length }) : "", picture }));
}

// An option in a few words: what it is, what it may be.
export function about(option) {
  const parts = [option.help[language()]];
  if (option.range) parts.push(t("completion.range", { low: option.range[0], high: option.range[1] }));
  else if (!parts[0] && ["picture", "faces", "seed", "text", "member"].includes(option.kind)) parts.push(t(`completion.${option.kind}`));
  if (option.required) parts.push(t("completion.required"));
  else if (option.default !== null && option.default !== "") parts.push(t("completion.default", { value: option.default }));
  return parts.filter(Boolean).join(" · ");
}
