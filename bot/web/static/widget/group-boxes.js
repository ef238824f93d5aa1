import { freshId, h } from "./dom.js";
import { texts } from "./chat-texts.js";
import { REASONS, words } from "./group-texts.js";

/**
 * A place under something in which one thing is asked at a time; whoever opened it gets the keyboard back.
 */
export class Box {
  constructor() {
    this.element = h("div", { class: "asks" });
    this.opener = null;
  }

  /** `build(close)`: what is asked; its first field or button gets the keyboard. */
  open(opener, build) {
    this.close(false);
    this.opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.element.replaceChildren(...[build(() => this.close(true))].flat());
    this.element.querySelector("input, textarea, button").focus();
  }

  toggle(opener, build) {
    if (this.opener === opener) this.close(true);
    else this.open(opener, build);
  }

  close(focus) {
    if (this.opener) this.opener.setAttribute("aria-expanded", "false");
    this.element.replaceChildren();
    if (focus && this.opener) this.opener.focus();
    this.opener = null;
  }

  /** The end of it, in words that get the keyboard. */
  says(text) {
    const line = h("p", { class: "hint", tabindex: -1 }, text);
    this.element.replaceChildren(line);
    line.focus();
    if (this.opener) this.opener.setAttribute("aria-expanded", "false");
    this.opener = null;
  }
}

/** What opens a box. */
export function opens(label, name, act) {
  const button = h(
    "button",
    { type: "button", class: "link", "aria-label": name, "aria-expanded": "false", onclick: () => act(button) },
    label,
  );
  return button;
}

/** Yes or no. */
export function sure({ ask, yes, no, act, close }) {
  return [
    h("p", {}, ask),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", onclick: act }, yes),
      h("button", { type: "button", onclick: close }, no),
    ),
  ];
}

/** Why a person shall look at a post; what one does not choose is `other`. */
export function whyReport({ act, close }) {
  const name = freshId("why");
  const option = (why) => {
    const id = freshId("why");
    const label = words[`report${why[0].toUpperCase()}${why.slice(1)}`];
    const input = h("input", { type: "radio", name, id, value: why });
    return h("div", { class: "option" }, input, h("label", { for: id }, label));
  };
  const form = h(
    "form",
    { class: "why" },
    h("p", {}, words.reportAsk),
    h("fieldset", {}, h("legend", {}, words.reportWhy), h("div", { class: "options" }, REASONS.map(option))),
    h(
      "div",
      { class: "row" },
      h("button", { type: "submit" }, words.reportYes),
      h("button", { type: "button", onclick: close }, words.reportNo),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked");
    act(chosen ? chosen.value : "other");
  });
  return form;
}

/** One's own words to somebody who answers for the group. */
export function ownWords({ about, act, close }) {
  const id = freshId("words");
  const box = h("textarea", { id, rows: 3, dir: "auto", maxlength: 4000 });
  const form = h(
    "form",
    { class: "why" },
    h("label", { for: id }, about),
    box,
    h(
      "div",
      { class: "row" },
      h("button", { type: "submit", class: "primary" }, words.send),
      close && h("button", { type: "button", onclick: close }, words.cancel),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim()) act(box.value.trim());
    else box.focus();
  });
  return form;
}

/** How far what was asked for has come: `waiting` until there is a connection, or why it was not taken. */
export function standing(entry) {
  return [texts[entry.state], entry.reason].filter(Boolean).join(" ");
}
