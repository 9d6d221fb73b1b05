// On iOS the keyboard lies over the page instead of making it smaller; the message field must stay above it.
export function stayAboveKeyboard() {
  const seen = window.visualViewport;
  if (!seen || !/iP(hone|ad|od)|Macintosh/.test(navigator.userAgent) || !navigator.maxTouchPoints) return;
  seen.addEventListener("resize", () => {
    if (seen.scale !== 1) return; // zoomed by hand
    document.body.style.height = `${seen.height}px`;
    scrollTo(0, 0);
  });
}
