/* The preview: what the editor wrote, what is wrong with it, and the chats that run it. */
import { h } from "/widget/dom.js";
import { drawMap, mapSentence, mapTable } from "./map.js";
import { Players } from "./players.js";
import { drawProblems, drawSource, markStep } from "./page.js";

const at = (id) => document.getElementById(id);
const chosen = new URLSearchParams(location.hash.slice(1)).get("module");

const page = { key: chosen || document.body.dataset.shown || "", view: null, places: new Map() };
const players = new Players(at("players"), told);

/* -- loading */

let loading = Promise.resolve();

function load() {
  loading = loading.then(async () => {
    const response = await fetch(`/module?key=${encodeURIComponent(page.key)}`, { cache: "no-store" });
    if (response.ok) show(seen(await response.json()));
    else at("saved").textContent = "The preview has stopped working. Start it again.";
  });
  return loading;
}

/** Of a page that cannot be read, what was shown last stays. */
function seen(view) {
  if (!view.gone) return view;
  const nothing = { title: view.key, file: "", lines: [], steps: [], measures: [], variants: [], playing: "nothing" };
  return { ...view, ...(page.view?.key === view.key ? page.view : nothing), ...keepers(view) };
}

const keepers = ({ n, saved_at, elsewhere, modules }) => ({ n, saved_at, elsewhere, modules, problems: [], gone: true });

function show(view) {
  const before = page.view;
  const first = before?.key !== view.key;
  page.view = view;
  page.key = view.key;
  if (!view.key) {
    at("saved").textContent = "There is no module in this folder yet.";
    return;
  }
  at("title").textContent = view.title;
  at("file").textContent = view.file;
  document.title = `${view.title} · preview`;
  fill(at("module"), view.modules.map((m) => [m.key, `${m.title}${countOf(m.errors, m.warnings)}`]), view.key);
  fill(at("step"), view.steps.map((step) => [step.id, step.title]), at("step").value);
  showPlaying(view);
  showScores(view);
  showVariants(view);
  showSaved(view, first);
  showChanged(before, view);
  showPlayers();
  drawProblems(at("problems"), view);
  drawSource(at("source"), view);
  showMap();
}

function countOf(errors, warnings) {
  if (errors) return ` (${errors} ${errors === 1 ? "problem" : "problems"})`;
  return warnings ? ` (${warnings} to think about)` : "";
}

/** Options are kept where they are the same, so that a list that is open stays open. */
function fill(select, options, value) {
  const same =
    select.options.length === options.length &&
    options.every(([key, label], n) => select.options[n].value === key && select.options[n].text === label);
  if (!same) select.replaceChildren(...options.map(([key, label]) => h("option", { value: key }, label)));
  if (options.some(([key]) => key === value)) select.value = value;
}

function showSaved(view, first) {
  const errors = view.problems.filter((problem) => problem.level === "error").length;
  const warnings = view.problems.length - errors;
  const parts = [errors ? `${errors} ${errors === 1 ? "problem" : "problems"}` : "no problems"];
  if (warnings) parts.push(`${warnings} to think about`);
  if (view.elsewhere.length) parts.push(`${view.elsewhere.length} in other files`);
  const time = new Date(view.saved_at).toLocaleTimeString("en-GB");
  at("saved").textContent = `${first && view.n === 1 ? "Read" : "Saved"} ${time}, ${parts.join(", ")}`;
  at("saved").dataset.wrong = errors + view.elsewhere.length > 0;
}

const PLAYING = {
  rest: "This page has problems. The chat leaves out what is wrong, and plays the rest.",
  gone: "This page cannot be read now. The chat plays it as it was before.",
  before: "This page has no step now. The chat plays it as it was before.",
  nothing: "Nothing can be played yet: mend the problems first.",
};

function showPlaying(view) {
  const others = view.elsewhere.some((problem) => !problem.page) ? " What is said beside the pages is from an earlier save, until the other files are mended." : "";
  at("playing").textContent = (PLAYING[view.gone ? "gone" : view.playing] || "") + others;
  at("playing").hidden = !at("playing").textContent;
}

/** Where the save changed another step than the one that the chat stands at, it is one press away. */
function showChanged(before, view) {
  const step = before?.key === view.key ? changedStep(before.lines, view) : undefined;
  if (step === undefined && before?.key === view.key) return;
  const elsewhere = step && step.id !== page.places.get(players.main)?.step;
  const go = () => {
    jump(step.id);
    at("changed").replaceChildren();
  };
  at("changed").replaceChildren(
    ...(elsewhere
      ? [`You changed “${step.title}”.`, h("button", { type: "button", class: "second", onclick: go }, "Show it in the chat")]
      : []),
  );
}

/** Undefined where nothing changed, null where no step did. */
function changedStep(old, { lines, steps }) {
  const first = lines.findIndex((line, n) => line !== old[n]);
  if (first < 0 && old.length === lines.length) return undefined;
  const line = (first < 0 ? lines.length : first) + 1;
  return steps.filter((step) => step.line <= line).pop() || null;
}

function showPlayers() {
  players.show(page.view, at("variant").value);
  const broad = at("players").dataset.width === "full" || players.shown.length > 1;
  at("stage").classList.toggle("broad", broad);
}

/* -- scores */

function showScores(view) {
  const known = Array.from(at("scores").querySelectorAll("[data-measure]"), (row) => row.dataset.measure);
  const wanted = view.measures.map((measure) => measure.id);
  at("pretend").hidden = !wanted.length;
  if (known.join() === wanted.join()) return;
  at("scores").replaceChildren(...view.measures.map(scoreRow));
}

function scoreRow({ id, name, low, high }) {
  const number = (what, label) =>
    h("input", { type: "number", min: low, max: high, inputmode: "numeric", name: what, "aria-label": label, "aria-describedby": "did" });
  return h(
    "p",
    { class: "score", "data-measure": id },
    h("span", {}, `Pretend my ${name} is`),
    number("now", `${name} now, ${low} to ${high}`),
    h("span", {}, "and was last time"),
    number("last", `${name} last time, ${low} to ${high}`),
  );
}

/** The first field that no score fits into is named in the page's own words, and gets the keyboard. */
function scoresFit() {
  const fields = Array.from(at("scores").querySelectorAll("input"));
  for (const field of fields) field.setAttribute("aria-invalid", !field.validity.valid);
  const wrong = fields.find((field) => !field.validity.valid);
  if (!wrong) return true;
  const { name, low, high } = page.view.measures.find(({ id }) => id === wrong.closest("[data-measure]").dataset.measure);
  told(`${name} goes from ${low} to ${high}${wrong.validity.stepMismatch ? ", in whole numbers" : ""}.`);
  wrong.focus();
  return false;
}

function scores() {
  const found = {};
  for (const row of at("scores").querySelectorAll("[data-measure]")) {
    const value = (name) => (row.querySelector(`[name=${name}]`).value === "" ? null : +row.querySelector(`[name=${name}]`).value);
    found[row.dataset.measure] = { now: value("now"), last: value("last") };
  }
  return found;
}

/* -- variants */

function showVariants(view) {
  const options = [["", "Nothing"], ...view.variants.map((v) => [v.key, v.label])];
  at("beside").hidden = !view.variants.length;
  fill(at("variant"), options, at("variant").value);
}

/* -- the map */

function showMap() {
  const { view } = page;
  if (!view?.key) return;
  const place = page.places.get(players.main);
  const current = place ? place.step : null;
  at("map-sentence").textContent = mapSentence(view.steps, current);
  drawMap(at("drawing"), view.steps, current, jump);
  mapTable(at("map-table"), view.steps, current, jump);
  markStep(at("source"), view, current);
}

function jump(step) {
  at("step").value = step;
  players.wish({ do: "jump", step }, "Jumped.");
}

/* -- what happens in the chats */

function told(text) {
  at("did").textContent = text;
}

function seatChanged(place) {
  if (!players.holds(place.seat)) return;
  const before = page.places.get(place.seat);
  page.places.set(place.seat, place);
  if (place.seat !== players.main) return;
  showTold(place.told);
  at("skip").setAttribute("aria-disabled", place.waits_for ? "false" : "true");
  at("skip").textContent = { exercise: "Skip the exercise", later: "Skip to the follow-up" }[place.waits_for] || "Skip waiting";
  if (before && before.step === place.step) return;
  if (place.step) {
    at("step").value = place.step;
    players.follow();
  }
  showMap();
}

function showTold(list) {
  const key = JSON.stringify(list);
  if (at("told").dataset.key === key) return;
  at("told").dataset.key = key;
  at("told").replaceChildren(
    ...list.map((each) =>
      h(
        "li",
        { class: `telling ${each.level}` },
        h("p", {}, h("strong", {}, `${each.who}: `), each.about + "."),
        h("p", { class: "small" }, each.why),
      ),
    ),
  );
  if (!list.length) at("told").replaceChildren(h("li", { class: "quiet small" }, "Nobody so far."));
}

/* -- what the editor does */

const on = (id, event, act) =>
  at(id).addEventListener(event, (happened) => {
    happened.preventDefault();
    act(happened);
  });

at("choose").addEventListener("submit", (event) => event.preventDefault());
at("module").addEventListener("change", () => {
  page.key = at("module").value;
  history.replaceState(null, "", `#module=${encodeURIComponent(page.key)}`);
  load();
});
on("jump", "submit", () => jump(at("step").value));
on("restart", "click", () => players.wish({ do: "restart" }, "From the beginning."));
on("skip", "click", () => {
  const waits = page.places.get(players.main)?.waits_for;
  if (!waits) return told("There is nothing to wait for here.");
  players.wish({ do: "skip" }, waits === "exercise" ? "The exercise is done." : "The follow-up comes now.", "A question is still open. Finish it first.");
});
on("pretend", "submit", () => {
  if (!scoresFit()) return;
  players.scores = scores();
  players.wish({ do: "pretend", scores: players.scores }, "These scores are used.");
});
at("widths").addEventListener("change", (event) => {
  at("players").dataset.width = event.target.value;
  showPlayers();
});
at("variant").addEventListener("change", showPlayers);

const events = new EventSource("/events");
events.addEventListener("saved", (event) => {
  if (!page.view || JSON.parse(event.data).n !== page.view.n) load();
});
events.addEventListener("seat", (event) => seatChanged(JSON.parse(event.data)));
events.addEventListener("error", () => (at("saved").textContent = "The preview has ended, or is starting again."));
events.addEventListener("open", () => page.view && load());
addEventListener("pagehide", () => events.close());
