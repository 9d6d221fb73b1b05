// What is asked of the bot, and said to it. A refusal is an Error with the sentence for it.
import { language, t } from "/static/texts.js";
import { toast } from "/static/toast.js";

async function fetched(address, options = {}) {
  let response;
  try {
    response = await fetch(address, { ...options, headers: { "Accept-Language": language(), ...options.headers } });
  } catch {
    throw new Error(t("offline"));
  }
  if (response.status === 401) {
    location.assign("/login");
    throw new Error("");
  }
  const body = await response.json().catch(() => ({ text: t("offline") }));
  if (!response.ok) throw new Error(body.text);
  return body;
}

export const ask = (path) => fetched(`/operator/data/${path}`);

export const change = (name, fields, options = {}) =>
  fetched(`/operator/do/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields), ...options });

// Does it and says so; gives what came of it, null where it was refused.
export async function doing(name, fields) {
  try {
    const done = await change(name, fields);
    toast(done.text);
    return done;
  } catch (error) {
    if (error.message) toast(error.message, true);
    return null;
  }
}

// Asks now and every `seconds` while somebody looks, and draws what has changed. Gives what ends it, and asks at once.
export function live(path, seconds, draw, failed) {
  let ended = false;
  let timer = 0;
  let drawn = "";
  const look = async () => {
    clearTimeout(timer);
    try {
      const found = await ask(path);
      if (ended) return;
      const text = JSON.stringify(found);
      if (text !== drawn) draw(found);
      drawn = text;
    } catch (error) {
      if (ended || !error.message) return;
      if (drawn) toast(error.message, true);
      else failed(error.message);
    }
    clearTimeout(timer);
    if (!ended && seconds) timer = setTimeout(() => (document.visibilityState === "visible" ? look() : null), 1000 * seconds);
  };
  const back = () => document.visibilityState === "visible" && seconds && look();
  document.addEventListener("visibilitychange", back);
  look();
  return {
    look,
    end() {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", back);
    },
  };
}
