import { h, svg } from "/widget/dom.js";

const BOX = { left: 0, width: 256, height: 46, gap: 22 };
const LANE = 13;

/** The steps in a sentence, for whoever does not see the drawing. */
export function mapSentence(steps, current) {
  if (!steps.length) return "There are no steps yet.";
  const lost = steps.filter((step) => !step.reachable).map((step) => `“${step.title}”`);
  const reached = lost.length
    ? `Nobody can get to ${lost.join(", ")}.`
    : steps.length === 1
      ? "It can be reached."
      : "Every one of them can be reached.";
  const here = steps.find((step) => step.id === current);
  return `${steps.length} ${steps.length === 1 ? "step" : "steps"}. ${reached}${here ? ` The chat is at “${here.title}”.` : ""}`;
}

/** Boxes in the order of the page; arrows forward on the right, back on the left. The table beside it says the same. */
export function drawMap(place, steps, current, pick) {
  const number = new Map(steps.map((step, n) => [step.id, n]));
  const arcs = arcsOf(steps, number);
  const right = lanes(arcs.filter((arc) => arc.to > arc.from));
  const left = lanes(arcs.filter((arc) => arc.to <= arc.from));
  const margin = { left: left * LANE + 16, right: right * LANE + 16 };
  const width = margin.left + BOX.width + margin.right;
  const height = steps.length * (BOX.height + BOX.gap) + 8;
  place.replaceChildren(
    svg(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, width, height, class: "steps", "aria-hidden": "true" },
      svg("defs", {}, arrowHead("head", "tip"), arrowHead("head-here", "tip here")),
      arcs.map((arc) => arcPath(arc, margin, steps[arc.from].id === current)),
      steps.map((step, n) => falls(step, n, margin, step.id === current)),
      steps.map((step, n) => box(step, n, margin, step.id === current, pick)),
    ),
  );
}

function arcsOf(steps, number) {
  const arcs = new Map();
  steps.forEach((step, from) => {
    for (const way of step.ways) {
      const to = number.get(way.to);
      if (to === undefined || (way.how === "on" && to === from + 1)) continue;
      const key = `${from} ${to} ${way.how}`;
      if (!arcs.has(key)) arcs.set(key, { from, to, later: way.how === "later" });
    }
  });
  return Array.from(arcs.values());
}

/** Short arrows nearest to the boxes; no two in one lane where they would lie on each other. Returns how many lanes. */
function lanes(arcs) {
  const taken = [];
  const span = ({ from, to }) => [Math.min(from, to), Math.max(from, to)];
  arcs.sort((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from));
  for (const arc of arcs) {
    const [low, high] = span(arc);
    arc.lane = taken.findIndex((others) => others.every((other) => span(other)[1] <= low || span(other)[0] >= high));
    if (arc.lane < 0) arc.lane = taken.push([]) - 1;
    taken[arc.lane].push(arc);
  }
  return taken.length;
}

const top = (n) => 4 + n * (BOX.height + BOX.gap);

function arcPath({ from, to, lane, later }, margin, here) {
  const forward = to > from;
  const edge = forward ? margin.left + BOX.width : margin.left;
  const out = forward ? edge + 14 + lane * LANE : edge - 14 - lane * LANE;
  const turn = forward ? 6 : -6;
  const start = top(from) + BOX.height * 0.68;
  const end = top(to) + BOX.height * 0.32;
  const down = end > start ? 6 : -6;
  const d = `M ${edge} ${start} H ${out - turn} Q ${out} ${start} ${out} ${start + down} V ${end - down} Q ${out} ${end} ${out - turn} ${end} H ${edge + (forward ? 3 : -3)}`;
  return svg("path", { d, class: `way ${later ? "later" : ""} ${here ? "here" : ""}`, "marker-end": `url(#${here ? "head-here" : "head"})` });
}

function falls(step, n, margin, here) {
  if (!step.ways.some((way) => way.how === "on" && !way.to.startsWith("#"))) return null;
  const x = margin.left + BOX.width / 2;
  const d = `M ${x} ${top(n) + BOX.height} V ${top(n + 1) - 3}`;
  return svg("path", { d, class: `way ${here ? "here" : ""}`, "marker-end": `url(#${here ? "head-here" : "head"})` });
}

function arrowHead(id, kind) {
  return svg(
    "marker",
    { id, viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" },
    svg("path", { d: "M 0 0 L 8 4 L 0 8 z", class: kind }),
  );
}

function box(step, n, margin, here, pick) {
  const kind = [here && "here", !step.reachable && "lost", step.problems && "wrong"].filter(Boolean).join(" ");
  const exits = exitsOf(step).join(" · ");
  const second = !step.reachable ? "nobody gets here" : exits;
  const middle = top(n) + BOX.height / 2;
  return svg(
    "g",
    { class: `stop ${kind}`, onclick: () => pick(step.id), "data-step": step.id },
    svg("title", {}, step.title),
    svg("rect", { x: margin.left, y: top(n), width: BOX.width, height: BOX.height, rx: 8 }),
    svg("text", { x: margin.left + 12, y: middle + (second ? -3 : 5), class: "name" }, `${n + 1}  ${shortened(step.title)}`),
    second && svg("text", { x: margin.left + 12, y: middle + 14, class: "exits" }, second),
    step.problems ? svg("text", { x: margin.left + BOX.width - 12, y: middle + 5, class: "flag", "text-anchor": "end" }, `▲ ${step.problems}`) : null,
  );
}

function shortened(title) {
  return title.length > 26 ? `${title.slice(0, 25).trimEnd()}…` : title;
}

/** Where a step leads besides other steps. */
function exitsOf(step) {
  return [...new Set(step.ways.filter((way) => /^#|:/.test(way.to)).map((way) => exitName(way.to)))];
}

function exitName(to) {
  if (to === "#end") return "ends";
  if (to === "#menu") return "menu";
  const [kind, name] = to.split(":");
  return `${kind} ${name}`;
}

/** The same as a table; each row has a button that begins the chat there. */
export function mapTable(place, steps, current, pick) {
  const title = new Map(steps.map((step) => [step.id, step.title]));
  const held = place.contains(document.activeElement) ? document.activeElement.dataset.step : null;
  const rows = steps.map((step, n) =>
    h(
      "tr",
      { "aria-current": step.id === current ? "step" : null },
      h("th", { scope: "row" }, `${n + 1}. ${step.title}`, !step.reachable && h("span", { class: "badge lost" }, "nobody gets here"), step.id === current && h("span", { class: "badge" }, "the chat is here")),
      h("td", { "data-label": "Leads to" }, leads(step, title)),
      h("td", { "data-label": "Reached from" }, n === 0 ? "the start" : "", n === 0 && step.from.length ? ", " : "", step.from.map((id) => title.get(id)).join(", ") || (n ? "nowhere" : "")),
      h("td", { "data-label": "Problems" }, step.problems ? `${step.problems}` : "none"),
      h("td", { "data-label": "" }, h("button", { type: "button", class: "plain", "data-step": step.id, "aria-label": `Play from ${step.title}`, onclick: () => pick(step.id) }, "Play")),
    ),
  );
  const heads = ["Step", "Leads to", "Reached from", "Problems", "Chat"].map((name) => h("th", { scope: "col" }, name));
  place.replaceChildren(
    h("table", { class: "rows step-table" }, h("caption", {}, "Each step, where it leads, and from where one comes to it"), h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
  );
  if (held) place.querySelector(`button[data-step="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

function leads(step, title) {
  const names = step.ways.map((way) => {
    const to = title.get(way.to) || (/^#|:/.test(way.to) ? exitName(way.to) : `“${way.to}”, which is not there`);
    if (way.how === "on") return `${to} (goes on)`;
    return way.how === "later" ? `${to} (later)` : to;
  });
  return [...new Set(names)].join(", ") || "nowhere";
}
