import { h, worded } from "./dom.js";
import { filled } from "./language.js";
import { urgentCard } from "./help.js";
import { marked, plain } from "./marks.js";
import { questionCard, spoken } from "./questions.js";
import { texts } from "./chat-texts.js";

/**
 * One message as the patient sees it. `act` is what it may ask for: `answer`, `say`, `choose`, `change`, `announce`,
 * and `part(name)` to fill a place with something that is loaded on demand (exercise, charts, picture).
 */
export function messageElement(msg, act) {
  const own = msg.from === "patient";
  const words = msg.question && msg.text === msg.question.text ? "" : msg.text;
  const element = h(
    "div",
    { class: `msg ${own ? "own" : msg.from}`, part: `message ${msg.from}`, "data-seq": msg.seq },
    words && bubble(msg, words, own),
    msg.picture && act.part("picture", msg.picture, msg),
    msg.urgent?.lines.length > 0 && urgentCard(msg.urgent),
    msg.charts?.length > 0 && act.part("charts", msg.charts, msg),
    msg.read_back?.length > 0 && readBack(msg, act),
    msg.question && questionCard(msg, act),
    msg.exercise && act.part("exercise", msg.exercise, msg),
    msg.choices?.length > 0 && choices(msg, act),
  );
  element.addEventListener("click", refuseUsed, true);
  return element;
}

/**
 * What is said aloud when the message arrives, in one piece. Back, Skip and Later are not said at every question, but
 * what counts as an answer of its own is.
 */
export function announcement(msg) {
  const said = msg.question && msg.text === msg.question.text ? "" : plain(msg.text);
  const lines = msg.urgent ? msg.urgent.lines.map(({ text, number }) => `${text} ${number || ""}`) : [];
  return [
    `${msg.name || texts[`from_${msg.from}`]}:`,
    said,
    ...lines,
    msg.question && plain(spoken(msg)),
    ...(msg.choices || []).filter((choice) => !besides(msg) || isAnswer(choice)).map(({ label }) => label),
  ]
    .filter(Boolean)
    .join("\n");
}

/** Is the patient asked for something here? Only the newest such message can be answered. */
export function asks(msg) {
  return Boolean(msg.question || msg.choices?.length || msg.read_back?.length);
}

/**
 * Marks what has been answered, or opens it again. `aria-disabled` and not `disabled`, so that whoever just
 * pressed the button keeps their place in the page.
 */
export function markUsed(element, used) {
  element.classList.toggle("used", used);
  for (const control of element.querySelectorAll(
    "form button, form input, .choices button, .read-back button",
  )) {
    if (used) control.setAttribute("aria-disabled", "true");
    else control.removeAttribute("aria-disabled");
    if (control.type === "text" || control.type === "date") control.readOnly = used;
  }
}

function isAnswer({ id }) {
  return /\.(does_not_apply|not_sure)$/.test(id);
}

/** Do the buttons stand beside a form that is the answer proper? */
function besides(msg) {
  return Boolean(msg.question || msg.read_back?.length);
}

function refuseUsed(event) {
  const control = event.target.closest("[aria-disabled=true], label");
  if (!control) return;
  const input = control.tagName === "LABEL" ? control.getRootNode().getElementById(control.htmlFor) : control;
  if (input?.getAttribute("aria-disabled") !== "true") return;
  event.preventDefault();
  event.stopPropagation();
}

function bubble(msg, words, own) {
  const name = msg.name || texts[`from_${msg.from}`];
  const shown = msg.from === "bot" || own ? "sr" : "author";
  return h(
    "div",
    { class: "bubble", part: "bubble" },
    h("span", { class: shown }, `${name}: `),
    worded("div", msg.lang, { class: "words", ...(own && { dir: "auto" }) }, own ? words : marked(words)),
  );
}

function choices(msg, act) {
  const quiet = besides(msg);
  const chosen = (choice) => () => act.choose(choice.id, choice.label);
  return h(
    "div",
    { class: quiet ? "choices quiet" : "choices", role: "group", "aria-label": texts.choices },
    msg.choices.map((choice) =>
      h(
        "button",
        { type: "button", part: "choice", "data-choice": choice.id, onclick: chosen(choice) },
        worded("span", choice.lang || msg.lang, {}, choice.label),
      ),
    ),
  );
}

function readBack(msg, act) {
  return h(
    "dl",
    { class: "read-back", part: "read-back", "aria-label": texts.yourAnswers },
    msg.read_back.map(({ item, text, answer, lang = msg.lang }) =>
      h(
        "div",
        {},
        worded("dt", lang, {}, marked(text)),
        worded("dd", lang, {}, answer || texts.skipped),
        h(
          "dd",
          {},
          h(
            "button",
            {
              type: "button",
              "aria-label": changeOf(text),
              onclick: () => act.choose(`${msg.seq}.change.${item}`, changeOf(text)),
            },
            texts.change,
          ),
        ),
      ),
    ),
  );
}

function changeOf(text) {
  return filled(texts.changeOf, { item: plain(text) });
}
