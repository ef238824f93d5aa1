import { freshId, h, svg, worded } from "./dom.js";
import { locale, textsOf } from "./language.js";

const WIDTH = 320;
const HEIGHT = 160;
const EDGE = { left: 30, right: 12, top: 12, bottom: 24 };

const words = textsOf("charts", {
  table: "The same as a table",
  date: "Date",
  score: "Score",
  band: "What it means",
});

/** One's own scores: as a sentence, as a curve, and as a table. */
export function build(charts, { lang }) {
  return h(
    "div",
    { class: "charts" },
    charts.map((chart) => figure(chart, lang)),
  );
}

function figure(chart, lang) {
  const title = freshId("chart");
  return h(
    "section",
    { part: "chart", "aria-labelledby": title },
    h("h3", { id: title }, chart.title),
    worded("p", lang, {}, chart.sentence),
    chart.points.length > 1 && curve(chart),
    chart.points.length > 0 && h("details", {}, h("summary", {}, words.table), table(chart)),
  );
}

function curve(chart) {
  const { low, high, points, title, sentence } = chart;
  const days = points.map(({ on }) => Date.parse(on));
  const [first, last] = [days[0], days[days.length - 1]];
  const x = (day) => EDGE.left + ((WIDTH - EDGE.left - EDGE.right) * (day - first)) / (last - first || 1);
  const y = (total) =>
    HEIGHT - EDGE.bottom - ((HEIGHT - EDGE.top - EDGE.bottom) * (total - low)) / (high - low || 1);
  const spots = points.map(({ total }, n) => [x(days[n]), y(total)]);
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title}. ${sentence}`, class: "curve" },
    (chart.bands || []).map((band) => [
      svg("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(band.low), y2: y(band.low) }),
      svg("text", { class: "scale-text", x: EDGE.left + 6, y: y(band.low) - 3 }, band.name),
    ]).flat(),
    [low, Math.round((low + high) / 2), high]
      .map((total) => [
        svg("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(total), y2: y(total) }),
        svg(
          "text",
          { class: "scale-text", x: EDGE.left - 6, y: y(total) + 4, "text-anchor": "end" },
          String(total),
        ),
      ])
      .flat(),
    svg("polyline", { class: "line", points: spots.map((spot) => spot.join(",")).join(" ") }),
    spots.map(([cx, cy]) => svg("circle", { class: "spot", cx, cy, r: 4 })),
    svg("text", { class: "scale-text", x: EDGE.left, y: HEIGHT - 6 }, short(points[0].on)),
    svg(
      "text",
      { class: "scale-text", x: WIDTH - EDGE.right, y: HEIGHT - 6, "text-anchor": "end" },
      short(points[points.length - 1].on),
    ),
  );
}

function table({ title, points }) {
  return h(
    "table",
    {},
    h("caption", { class: "sr" }, title),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        [words.date, words.score, words.band].map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      points.map(({ on, total, band }) =>
        h("tr", {}, h("th", { scope: "row" }, long(on)), h("td", {}, String(total)), h("td", {}, band)),
      ),
    ),
  );
}

function short(on) {
  return new Date(on).toLocaleDateString(locale(), { day: "numeric", month: "short" });
}

function long(on) {
  return new Date(on).toLocaleDateString(locale(), { day: "numeric", month: "long", year: "numeric" });
}
