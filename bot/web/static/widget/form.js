import { freshId, h } from "./dom.js";
import { signpost } from "./help.js";

/** A form that names each mistake beside its field, takes the reader to the first, and keeps what was written. */
export class Form {
  /** `others`: further buttons, each a label and what it does. `failed(refusal)`: words for a refusal that has none. */
  constructor(context, { step, title, intro, fields, checks, submit, others, send, failed }) {
    Object.assign(this, { context, checks: checks || [], send, failed });
    const progress = step && h("p", { class: "hint", id: freshId("step") }, step);
    this.heading = h("h2", { tabindex: -1, "aria-describedby": progress && progress.id }, title);
    this.answer = h("div", { class: "form-answer", tabindex: -1, hidden: true });
    this.button = h("button", { type: "submit", class: "primary" }, submit);
    this.element = h(
      "form",
      { class: "form", part: "form", novalidate: true, onsubmit: (event) => this.submit(event) },
      progress,
      this.heading,
      [].concat(intro || []).map((line) => h("p", {}, line)),
      (fields || []).map((field) => field.element || field),
      this.answer,
      this.button,
      others
        .filter(Boolean)
        .map(([label, act]) => h("button", { type: "button", class: "link", onclick: act }, label)),
    );
  }

  async submit(event) {
    event.preventDefault();
    if (this.busy || !this.checked()) return;
    this.busy = true;
    this.button.setAttribute("aria-disabled", "true");
    this.answer.hidden = true;
    try {
      await this.send();
    } catch (refusal) {
      this.tell(refusal.text || this.failed(refusal), refusal.code, refusal.urgent);
    } finally {
      this.busy = false;
      this.button.removeAttribute("aria-disabled");
    }
  }

  checked() {
    const wrong = this.checks.filter(([field, holds, reason]) => !field.judge(holds() ? "" : reason));
    if (!wrong.length) return true;
    this.context.announce(wrong.map(([, , reason]) => reason).join(" "));
    wrong[0][0].first.focus();
    return false;
  }

  /** What the server said, where the reader is taken to. */
  tell(text, code, urgent) {
    this.answer.className = `form-answer ${code}`;
    this.answer.replaceChildren(
      h("p", {}, text),
      ...(urgent ? [h("ul", { class: "help-lines" }, urgent.lines.map(signpost))] : []),
    );
    this.answer.hidden = false;
    this.answer.focus();
  }
}

function problemOf(inputs, hint) {
  const line = h("p", { class: "problem", id: freshId("problem") });
  return {
    line,
    judge(reason) {
      line.textContent = reason;
      inputs.forEach((input) => {
        input.setAttribute("aria-invalid", String(Boolean(reason)));
        const by = [hint && hint.id, reason && line.id].filter(Boolean).join(" ");
        if (by) input.setAttribute("aria-describedby", by);
        else input.removeAttribute("aria-describedby");
      });
      return !reason;
    },
  };
}

function hinted(hint) {
  return hint && h("p", { class: "hint", id: freshId("hint") }, hint);
}

export function input(type, label, { hint, ...attributes }) {
  const id = freshId("field");
  const help = hinted(hint);
  const box = h("input", { id, type, "aria-describedby": help && help.id, ...attributes });
  const { line, judge } = problemOf([box], help);
  return {
    first: box,
    judge,
    element: h("div", { class: "field" }, h("label", { for: id }, label), help, line, box),
    get value() {
      return box.value.trim();
    },
  };
}

/** One of several, from a list; `options`: `{id, name}`. */
export function select(label, options, value) {
  const id = freshId("field");
  const box = h("select", { id }, options.map((one) => h("option", { value: one.id }, one.name)));
  const field = {
    element: h("div", { class: "field" }, h("label", { for: id }, label), box),
    get value() {
      return box.value;
    },
    set value(wanted) {
      if (options.some((one) => one.id === wanted)) box.value = wanted;
    },
  };
  field.value = value;
  return field;
}

/** `about`: in words of its own above the box, where there is a title. */
export function tick(label, { title, about, hint } = {}) {
  const id = freshId("field");
  const help = about ? h("p", { id: freshId("about") }, about) : hinted(hint);
  const box = h("input", { id, type: "checkbox", "aria-describedby": help && help.id });
  const { line, judge } = problemOf([box], help);
  const row = h("div", { class: "option" }, box, h("label", { for: id }, label));
  return {
    first: box,
    judge,
    element: title
      ? h("fieldset", {}, h("legend", {}, title), help, hint && about && h("p", { class: "hint" }, hint), line, row)
      : h("div", { class: "field" }, line, row, help),
    get value() {
      return box.checked;
    },
    set value(checked) {
      box.checked = checked;
    },
  };
}

/** Several boxes under one legend; its value is the list of those that are ticked. */
export function ticks(legend, options) {
  const rows = options.map((one) => ({ id: one.id, ...tick(one.name) }));
  const boxes = rows.map((row) => row.first);
  const { line, judge } = problemOf(boxes);
  return {
    first: boxes[0],
    judge,
    element: h("fieldset", {}, h("legend", {}, legend), line, rows.map((row) => row.element)),
    get value() {
      return options.filter((one, n) => boxes[n].checked).map((one) => one.id);
    },
    set value(wanted) {
      options.forEach((one, n) => (boxes[n].checked = wanted.includes(one.id)));
    },
  };
}

/** One of a few, all in sight; `options`: `{id, name, hint}`. */
export function pick(legend, options, { value, kind } = {}) {
  const name = freshId("choice");
  const held = options.map((one) => {
    const help = hinted(one.hint);
    const box = h("input", {
      type: "radio",
      name,
      id: freshId("field"),
      checked: one.id === value,
      "aria-describedby": help && help.id,
    });
    return { box, help, row: h("div", { class: "option" }, box, h("label", { for: box.id }, one.name)) };
  });
  const boxes = held.map(({ box }) => box);
  const { line, judge } = problemOf(boxes);
  return {
    first: boxes[0],
    judge,
    element: h(
      "fieldset",
      {},
      h("legend", {}, legend),
      line,
      h("div", { class: `options ${kind || ""}` }, held.map(({ row, help }) => (help ? h("div", { class: "field" }, row, help) : row))),
    ),
    get value() {
      const at = boxes.findIndex((box) => box.checked);
      return at < 0 ? null : options[at].id;
    },
  };
}
