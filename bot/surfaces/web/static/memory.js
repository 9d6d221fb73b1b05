// What the browser keeps for the page, where it keeps anything at all.
const PREFIX = "nijigen.";

export function recall(key, storage = "localStorage") {
  try {
    return window[storage].getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

export function remember(key, value, storage = "localStorage") {
  try {
    window[storage].setItem(PREFIX + key, value);
  } catch {
    // private windows and full disks: it is only a convenience
  }
}
