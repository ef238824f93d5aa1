import { freshId, h, worded } from "./dom.js";
import { filled } from "./language.js";
import { marked } from "./marks.js";
import { texts } from "./chat-texts.js";

/**
 * One question as a form. `act.answer(item, value, label)` sends one of the offered answers or a count,
 * `act.say(text)` what only words can carry (numbers with a decimal point, dates).
 * A question in one's own words has no field here: the box under the conversation is the field.
 */
export function questionCard(msg, act) {
  const { question, lang } = msg;
  const problem = h("p", { class: "problem", id: freshId("problem") });
  const kind = question.one_tap ? taps : KINDS[question.kind];
  const field = kind ? kind(question, lang, problem, act) : null;
  const asked = wording(question, lang);
  const card = h(
    "form",
    { class: `question ${question.kind}`, part: "question", novalidate: true },
    msg.progress && progress(msg.progress),
    field ? field.around(asked) : h("div", { class: "asked" }, asked),
    problem,
    field && !field.atOnce && h("button", { type: "submit", class: "primary", part: "next" }, texts.next),
  );
  card.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field || field.atOnce) return;
    const reason = field.missing();
    field.mark(Boolean(reason));
    problem.textContent = reason || "";
    if (reason) {
      act.announce(reason);
      field.first.focus();
    } else field.give(act);
  });
  return card;
}

/** What a screen reader should hear when the question comes. */
export function spoken(msg) {
  const { question } = msg;
  const count = question.kind === "options" ? question.options.length : 0;
  return [
    msg.progress && filled(texts.question, msg.progress),
    question.stem,
    question.text,
    count > 0 && filled(texts.answersToChoose, { count }),
  ]
    .filter(Boolean)
    .join(" ");
}

function progress({ at, of }) {
  const label = filled(texts.question, { at, of });
  return h(
    "div",
    { class: "progress" },
    h("p", {}, label),
    h("progress", { max: of, value: at, "aria-hidden": "true" }),
  );
}

function wording({ stem, text }, lang) {
  return [
    stem && worded("span", lang, { class: "stem" }, marked(stem)),
    worded("span", lang, { class: "question-text" }, marked(text)),
  ];
}

const KINDS = { options, scale, count, pick_any: pickAny, number, date };

/** Radio buttons or checkboxes in a fieldset, with the question as its legend. */
function group(type, answers, question, lang, problem) {
  const name = freshId("answer");
  const inputs = answers.map(({ value, label }) =>
    h("input", { type, name, value, "aria-label": label || null, id: freshId("option") }),
  );
  if (question.given != null && type === "radio") {
    const given = inputs.find((input) => Number(input.value) === question.given);
    if (given) given.checked = true;
  }
  const rows = inputs.map((input, n) =>
    h("div", { class: "option" }, input, worded("label", lang, { for: input.id }, answers[n].shown)),
  );
  return {
    inputs,
    rows,
    first: inputs[0],
    chosen: () => inputs.filter((input) => input.checked).map((input) => Number(input.value)),
    mark(wrong) {
      this.fieldset.setAttribute("aria-describedby", wrong ? problem.id : "");
    },
    around(asked, ...more) {
      this.fieldset = h("fieldset", {}, h("legend", {}, asked), more, h("div", { class: "options" }, rows));
      return this.fieldset;
    },
  };
}

function options(question, lang, problem) {
  const answers = question.options.map(({ value, label }) => ({ value, shown: label }));
  const field = group("radio", answers, question, lang, problem);
  field.missing = () => !field.chosen().length && texts.chooseOne;
  field.give = (act) => {
    const [value] = field.chosen();
    act.answer(question.item, value, question.options.find((option) => option.value === value).label);
  };
  return field;
}

function scale(question, lang, problem) {
  const { min = 0, max = 10, min_label: low, max_label: high } = question;
  const ends = { [min]: low, [max]: high };
  const answers = Array.from({ length: max - min + 1 }, (_, n) => {
    const value = min + n;
    return { value, shown: String(value), label: ends[value] ? `${value}, ${ends[value]}` : null };
  });
  const field = group("radio", answers, question, lang, problem);
  const around = field.around.bind(field);
  field.around = (asked) => {
    const box = around(asked);
    box.append(endsOf(lang, min, low, max, high));
    field.fieldset = box;
    return box;
  };
  field.missing = () => !field.chosen().length && texts.chooseOne;
  field.give = (act) => act.answer(question.item, field.chosen()[0], String(field.chosen()[0]));
  return field;
}

/** A scale that one tap answers: buttons and no radios, so that looking through them with the arrow keys sends nothing. */
function taps(question, lang, problem, act) {
  const { item, min = 0, max = 10, min_label: low, max_label: high, given } = question;
  const ends = { [min]: low, [max]: high };
  const asked = freshId("asked");
  return {
    atOnce: true,
    around: (wording) => {
      const buttons = Array.from({ length: max - min + 1 }, (_, n) => {
        const value = min + n;
        const label = ends[value] ? `${value}, ${ends[value]}` : String(value);
        const tap = h("button", { type: "button", class: "tap", lang, "aria-label": label }, String(value));
        if (value === given) tap.setAttribute("aria-pressed", "true");
        tap.addEventListener("click", () => {
          buttons.forEach((each) => each.removeAttribute("aria-pressed"));
          tap.setAttribute("aria-pressed", "true");
          act.answer(item, value, String(value));
        });
        return tap;
      });
      return h(
        "div",
        { role: "group", "aria-labelledby": asked },
        h("div", { class: "asked", id: asked }, wording),
        h("div", { class: "options" }, buttons),
        endsOf(lang, min, low, max, high),
      );
    },
  };
}

/** What the lowest and the highest number mean; the controls carry it in their names. */
function endsOf(lang, min, low, max, high) {
  return h(
    "div",
    { class: "ends", "aria-hidden": "true" },
    worded("span", lang, {}, low && `${min} = ${low}`),
    worded("span", lang, {}, high && `${max} = ${high}`),
  );
}

function pickAny(question, lang, problem) {
  const answers = question.options.map(({ value, label }) => ({ value, shown: label }));
  const field = group("checkbox", answers, question, lang, problem);
  const around = field.around.bind(field);
  field.around = (asked) => around(asked, h("p", { class: "hint" }, texts.chooseAny));
  field.missing = () => false;
  field.give = (act) => {
    const values = field.chosen();
    const labels = question.options.filter(({ value }) => values.includes(value)).map(({ label }) => label);
    act.answer(question.item, values, labels.join(", ") || texts.noneChosen);
  };
  return field;
}

/** One input that is named by the question itself. */
function single(type, label, attributes, problem) {
  const asked = freshId("asked");
  const own = freshId("label");
  const input = h("input", { type, "aria-labelledby": `${asked} ${own}`, ...attributes });
  return {
    first: input,
    mark(wrong) {
      input.setAttribute("aria-invalid", String(wrong));
      input.setAttribute("aria-describedby", wrong ? problem.id : "");
    },
    around: (wording) => [
      h("div", { class: "asked", id: asked }, wording),
      h("div", { class: "single" }, h("span", { class: "hint", id: own }, label), input),
    ],
  };
}

function number(question, lang, problem) {
  const { min, max, given } = question;
  const bounded = min != null && max != null;
  const field = single(
    "text",
    texts.number,
    { inputmode: "decimal", autocomplete: "off", value: given },
    problem,
  );
  const written = () => field.first.value.trim();
  field.missing = () => {
    const value = Number(written().replace(",", "."));
    if (!written() || Number.isNaN(value))
      return bounded ? filled(texts.numberBetween, { min, max }) : texts.numberNeeded;
    const outside = (min != null && value < min) || (max != null && value > max);
    return outside && bounded && filled(texts.numberBetween, { min, max });
  };
  field.give = (act) => act.say(written());
  return field;
}

/** How often: a whole number. What can be said instead of one stands in the buttons below. */
function count(question, lang, problem) {
  const { item, min, max, given } = question;
  const field = single(
    "text",
    texts.count,
    { inputmode: "numeric", autocomplete: "off", value: given, maxlength: 8 },
    problem,
  );
  const written = () => field.first.value.trim();
  field.missing = () => {
    const fits = /^\d+$/.test(written()) && Number(written()) >= min && Number(written()) <= max;
    return !fits && filled(texts.countBetween, { min, max });
  };
  field.give = (act) => act.answer(item, Number(written()), String(Number(written())));
  return field;
}

function date(question, lang, problem) {
  const field = single("date", texts.date, {}, problem);
  field.missing = () => !field.first.value && texts.dateNeeded;
  field.give = (act) => act.say(field.first.value);
  return field;
}
