// Runs before the page is painted, so that a dark room never sees a white flash.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const wanted = () => {
    try {
      return localStorage.getItem("nijigen.theme") || "auto";
    } catch {
      return "auto";
    }
  };
  window.nijigenTheme = {
    get: wanted,
    set(theme) {
      try {
        localStorage.setItem("nijigen.theme", theme);
      } catch {
        // a browser that keeps nothing shows the theme until it is closed
      }
      show(theme);
    },
  };
  function show(theme) {
    const night = theme === "dark" || (theme === "auto" && dark.matches);
    document.documentElement.dataset.theme = night ? "dark" : "light";
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", night ? "#1a141f" : "#fdf5ee");
  }
  dark.addEventListener("change", () => show(wanted()));
  show(wanted());
})();
