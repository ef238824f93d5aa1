import { freshId, h } from "./dom.js";
import { filled } from "./language.js";
import { texts } from "./chat-texts.js";

/** The longest message the server takes, in characters. */
export const LONGEST = 4000;
const COUNT_FROM = 400; // characters before the end

/** Splits a long text into messages, at the end of a paragraph, a sentence or a word where there is one. */
export function split(text, longest = LONGEST) {
  const parts = [];
  let rest = text.trim();
  while (rest.length > longest) {
    const at = cut(rest, longest);
    parts.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  return rest ? [...parts, rest] : parts;
}

function cut(text, longest) {
  const head = text.slice(0, longest);
  for (const end of ["\n", ". ", "? ", "! ", " "]) {
    const at = head.lastIndexOf(end);
    if (at > longest / 2) return at + end.length;
  }
  const code = text.charCodeAt(longest - 1);
  return code >= 0xd800 && code <= 0xdbff ? longest - 1 : longest; // never through the middle of an emoji
}

/**
 * The box to write in. `onSend(parts, re)`: the messages, and what was being asked when the first letter was typed.
 * Enter sends where there is a real keyboard; Shift and Enter begin a new line.
 */
export class Composer {
  constructor({ label = texts.composer, longest = LONGEST, asked = () => null, onSend }) {
    Object.assign(this, { longest, asked, onSend });
    this.re = null;
    const box = freshId("box");
    const count = freshId("count");
    this.label = h("label", { for: box, class: "composer-label" }, label);
    this.box = h("textarea", {
      id: box,
      rows: 1,
      part: "input",
      dir: "auto",
      enterkeyhint: "send",
      "aria-describedby": count,
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
    });
    this.count = h("p", { id: count, class: "count", "aria-live": "polite" });
    this.element = h(
      "form",
      { class: "composer", part: "composer", onsubmit: (event) => this.submit(event) },
      this.label,
      h(
        "div",
        { class: "composer-row" },
        this.box,
        h("button", { class: "primary", part: "send", type: "submit" }, texts.send),
      ),
      this.count,
    );
  }

  set caption(label) {
    if (this.label.textContent !== label) this.label.textContent = label;
  }

  /** Puts a text that could not be sent back into the box, before what is there. */
  putBack(text) {
    this.box.value = [text, this.box.value].filter(Boolean).join("\n");
    this.typed();
    this.box.focus();
  }

  typed() {
    const length = this.box.value.length;
    if (!length) this.re = null;
    else if (this.re === null) this.re = this.asked();
    this.grow();
    const { longest } = this;
    const parts = length > longest ? split(this.box.value, longest).length : 1;
    const left = length >= longest - COUNT_FROM ? filled(texts.left, { count: longest - length }) : "";
    const said = parts > 1 ? filled(texts.parts, { count: parts }) : left;
    if (this.count.textContent !== said) this.count.textContent = said;
  }

  /** As many lines as its words take, up to six. */
  grow() {
    const { box } = this;
    const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(box);
    box.rows = 1;
    const lines = (box.scrollHeight - parseFloat(paddingTop) - parseFloat(paddingBottom)) / parseFloat(lineHeight);
    box.rows = Math.max(1, Math.min(6, Math.round(lines) || 1));
  }

  key(event) {
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
    this.submit(event);
  }

  submit(event) {
    event.preventDefault();
    const parts = split(this.box.value, this.longest);
    if (!parts.length) return;
    const re = this.re;
    this.box.value = "";
    this.typed();
    this.onSend(parts, re);
    this.box.focus();
  }
}
