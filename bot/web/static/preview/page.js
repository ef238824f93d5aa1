import { h } from "/widget/dom.js";

/** What is wrong, first the errors, then what is worth a thought, then errors of other files. */
export function drawProblems(place, view) {
  const errors = view.problems.filter((problem) => problem.level === "error");
  const warnings = view.problems.filter((problem) => problem.level !== "error");
  place.replaceChildren(
    ...group("To correct", "errors", errors),
    ...group("To think about", "warnings", warnings),
    ...group("In other files", "errors", view.elsewhere),
  );
  if (!view.problems.length && !view.elsewhere.length)
    place.replaceChildren(h("p", { class: "said" }, "Nothing to correct."));
}

function group(title, kind, problems) {
  if (!problems.length) return [];
  return [h("h3", {}, `${title} (${problems.length})`), h("ul", { class: `problems ${kind}` }, problems.map(problemItem))];
}

function problemItem(problem) {
  const where = problem.file ? h("code", {}, `${problem.file}:${problem.line}`) : lineLink(problem.line);
  return h(
    "li",
    {},
    h("p", {}, where, " ", problem.message, " ", h("span", { class: "code-of small" }, problem.code)),
    problem.hint && h("p", { class: "small" }, problem.hint),
  );
}

function lineLink(line) {
  return h("a", { href: `#line-${line}`, onclick: (event) => toLine(event, line) }, `Line ${line}`);
}

function toLine(event, line) {
  event.preventDefault();
  const found = document.getElementById(`line-${line}`);
  if (!found) return;
  found.focus({ preventScroll: true });
  scrollTo(found);
}

function scrollTo(line) {
  const box = line.closest(".source");
  box.scrollTop = line.offsetTop - box.clientHeight / 4;
}

/** The page as it is written. Under a line with a problem stands what is wrong with it. */
export function drawSource(place, view) {
  const text = JSON.stringify([view.key, view.lines, view.problems]);
  if (place.text === text) return;
  const top = place.text && JSON.parse(place.text)[0] === view.key ? place.scrollTop : 0;
  place.text = text;
  const at = new Map();
  for (const problem of view.problems) at.set(problem.line, [...(at.get(problem.line) || []), problem]);
  const kinds = kindsOf(view.lines);
  place.replaceChildren(...view.lines.flatMap((line, n) => lineOf(line, n + 1, kinds[n], at.get(n + 1) || [])));
  place.scrollTop = top;
}

function lineOf(line, number, kind, problems) {
  const worst = problems.some((problem) => problem.level === "error") ? "wrong-line" : problems.length ? "mild-line" : "";
  const words = h("span", { class: `words ${kind}` }, line || " ");
  return [
    h("div", { class: `line ${worst}`, id: `line-${number}`, "data-line": number, tabindex: -1 }, h("span", { class: "number" }, `${number}`), words),
    ...problems.map((problem) =>
      h("div", { class: `lens ${problem.level}` }, h("strong", {}, problem.level === "error" ? "Problem: " : "To think about: "), problem.message, problem.hint && `. ${problem.hint}`),
    ),
  ];
}

/** How each line reads: front matter, a heading, a block's line, a choice, or text. */
function kindsOf(lines) {
  let front = lines[0] === "---";
  return lines.map((line, n) => {
    if (front) {
      if (n && line === "---") front = false;
      return "front";
    }
    if (/^#{1,6} /.test(line)) return "heading";
    if (line.startsWith(":::")) return "block";
    return /^- \[[^\]]+\]\(/.test(line) ? "choice" : "text";
  });
}

/** The step that the chat stands at is marked, and brought to the screen when it is another than before. */
export function markStep(place, view, step) {
  const found = view.steps.findIndex((each) => each.id === step);
  const from = found < 0 ? Infinity : view.steps[found].line;
  const to = view.steps[found + 1]?.line ?? Infinity;
  for (const line of place.querySelectorAll(".line")) {
    const number = Number(line.dataset.line);
    line.classList.toggle("here", number >= from && number < to);
  }
  if (place.step === step) return;
  place.step = step;
  const heading = found >= 0 && place.querySelector(`[data-line="${from}"]`);
  if (heading && !place.contains(document.activeElement)) place.scrollTop = heading.offsetTop - 24;
}
