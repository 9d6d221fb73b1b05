// What the server put into the page: texts, commands, limits.
export const boot = JSON.parse(document.getElementById("boot").textContent);
