// The page before the page: why not, and the password where it would help.
import { boot } from "./boot.js";
import { t, translate } from "./texts.js";

const { key, login, values } = boot.door;
translate(document);
document.getElementById("head").textContent = t(login ? "login.head" : "refused.head");
document.getElementById("why").textContent = login ? t("login.body") : t(key, values);
document.getElementById("login").hidden = !login;
if (login && key) {
  const wrong = document.getElementById("wrong");
  wrong.hidden = false;
  wrong.textContent = t(key);
}
if (login) document.getElementById("password").focus();
