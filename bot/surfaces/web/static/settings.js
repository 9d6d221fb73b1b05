// The two switches at the top: language, and light or night.
import { icon } from "./element.js";
import { language, onLanguage, setLanguage, t } from "./texts.js";

const THEMES = ["auto", "light", "dark"];

export function settings() {
  const theme = document.getElementById("theme");
  const draw = () => {
    const now = window.nijigenTheme.get();
    theme.replaceChildren(icon(now));
    theme.title = t(`settings.theme_${now}`);
    theme.setAttribute("aria-label", t(`settings.theme_${now}`));
  };
  theme.addEventListener("click", () => {
    window.nijigenTheme.set(THEMES[(THEMES.indexOf(window.nijigenTheme.get()) + 1) % THEMES.length]);
    draw();
  });
  onLanguage(draw);
  draw();
  document.getElementById("language").addEventListener("click", () => setLanguage(language() === "en" ? "zh-CN" : "en"));
}
