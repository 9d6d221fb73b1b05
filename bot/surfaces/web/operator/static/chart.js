// One line over the course of a training.
import { el } from "/static/element.js";
import { t } from "/static/texts.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 300;
const HEIGHT = 110;
const NAMES = { distance: "curve.distance", copies: "curve.copies", loss_G: "curve.loss_G", loss_D: "curve.loss_D", "s/kimg": "curve.speed" };

export function chart(name, points) {
  const last = points.at(-1);
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const title = t(NAMES[name]);
  return el(
    "figure",
    { class: `chart chart-${name === "distance" || name === "copies" ? "first" : "second"}`, "data-curve": name },
    el("figcaption", {}, el("span", {}, title), el("b", {}, short(last[1]))),
    drawn(points, low, high, `${title}: ${short(last[1])} ${t("curve.at", { kimg: short(last[0]) })}`),
    el("div", { class: "chart-ends" }, el("span", {}, `${short(low)} – ${short(high)}`), el("span", {}, t("curve.at", { kimg: short(last[0]) }))),
  );
}

function drawn(points, low, high, label) {
  const svg = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, preserveAspectRatio: "none" });
  const first = points[0][0];
  const across = (kimg) => (WIDTH * (kimg - first)) / (points.at(-1)[0] - first || 1);
  const down = (value) => (high === low ? (high === 0 ? HEIGHT - 6 : HEIGHT / 2) : HEIGHT - 6 - ((HEIGHT - 12) * (value - low)) / (high - low));
  const places = points.map(([kimg, value]) => [across(kimg).toFixed(1), down(value).toFixed(1)]);
  const line = places.map((place) => place.join(",")).join(" ");
  if (points.length > 1) {
    svg.append(node("polygon", { class: "chart-under", points: `0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}` }));
    svg.append(node("polyline", { class: "chart-line", points: line }));
  } else svg.append(node("polyline", { class: "chart-line", points: `0,${HEIGHT / 2} ${WIDTH},${HEIGHT / 2}` }));
  return svg;
}

function node(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const short = (value) => String(Number(value.toPrecision(3)));
