// Pictures, zips of pictures, and videos of the bot's, that the reader brings: chosen, pasted or dropped, shown small until
// the message is sent.
import { boot } from "./boot.js";
import { el, icon, thumbnail } from "./element.js";
import { t } from "./texts.js";
import { toast } from "./toast.js";

const ZIP = "application/zip";

export class Brought extends EventTarget {
  #pictures = []; // {file, address}: what is no picture has no address

  constructor() {
    super();
    const input = document.getElementById("files");
    document.getElementById("attach").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = "";
    });
    this.#listenToPaste();
    this.#listenToDrop();
  }

  get size() {
    return this.#pictures.length;
  }

  add(files) {
    const { uploads, upload_bytes: most } = boot.limits;
    for (const file of files) {
      if (!typeOf(file)) toast(t("upload.kind_named", { name: file.name }));
      else if (file.size > most) toast(t("upload.large_named", { name: file.name, most: Math.floor(most / 1e6) }));
      else if (this.#pictures.length >= uploads) toast(t("upload.many", { most: uploads }));
      else this.#pictures.push({ file, address: typeOf(file) === ZIP ? null : URL.createObjectURL(file) });
    }
    this.dispatchEvent(new Event("change"));
  }

  // Hands the pictures over to a message; their addresses stay valid, since the log shows them.
  take() {
    const taken = this.#pictures;
    this.#pictures = [];
    this.dispatchEvent(new Event("change"));
    return taken;
  }

  thumbs() {
    return this.#pictures.map((picture) => {
      const name = t("composer.remove", { name: picture.file.name });
      return el(
        "span",
        { class: "thumb" },
        thumbnail(picture),
        el("button", { type: "button", class: "thumb-remove", "aria-label": name, title: name, on: { click: () => this.#remove(picture) } }, icon("close")),
      );
    });
  }

  #remove(picture) {
    if (picture.address) URL.revokeObjectURL(picture.address);
    this.#pictures = this.#pictures.filter((p) => p !== picture);
    this.dispatchEvent(new Event("change"));
  }

  #listenToPaste() {
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.add(files);
    });
  }

  #listenToDrop() {
    const drop = document.getElementById("drop");
    const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    let depth = 0; // dragenter and dragleave come for every element on the way
    const show = (shown) => (drop.hidden = !shown);
    addEventListener("dragenter", (event) => brings(event) && show((depth += 1) > 0));
    addEventListener("dragleave", (event) => brings(event) && show((depth -= 1) > 0));
    addEventListener("dragover", (event) => brings(event) && event.preventDefault());
    addEventListener("drop", (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      show((depth = 0) > 0);
      this.add(event.dataTransfer.files);
    });
  }
}

// What a file is sent as; null where it is nothing that the bot takes. Browsers and systems disagree about zips, and some
// say nothing of them.
function typeOf({ type, name }) {
  if (type.startsWith("image/") || type === "video/mp4") return type;
  return /^application\/(x-)?zip(-compressed)?$/.test(type) || (type === "" && /\.zip$/i.test(name)) ? ZIP : null;
}

// Sends one picture; gives the token that names it in the message. Throws an Error with a sentence.
export async function upload(file) {
  let response;
  try {
    response = await fetch("/upload", { method: "POST", headers: { "Content-Type": typeOf(file) }, body: file });
  } catch {
    throw new Error(t("upload.failed"));
  }
  if (response.status === 401) location.assign("/login");
  if (response.ok) return (await response.json()).token;
  const refused = await response.json().catch(() => ({}));
  throw new Error(refused.key ? t(refused.key.replace(/^web\./, "")) : t("upload.failed"));
}
