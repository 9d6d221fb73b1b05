// Copying, also where the clipboard's interface is kept from pages without https.
import { t } from "./texts.js";
import { toast } from "./toast.js";

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const held = document.createElement("textarea");
    held.value = text;
    held.className = "unseen";
    (document.querySelector("dialog[open]") ?? document.body).append(held);
    held.select();
    document.execCommand("copy");
    held.remove();
  }
  toast(t("answer.copied", { id: text }));
}
