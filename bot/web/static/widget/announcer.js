import { h, worded } from "./dom.js";
import { language } from "./language.js";

const KEPT_MS = 20000;

/** The hidden polite region: in the page from the beginning, so that screen readers watch it, and filled once a message. */
export class Announcer {
  constructor() {
    this.element = h("div", { class: "sr", "aria-live": "polite", "data-announcer": true });
  }

  say(text, lang = language()) {
    const line = worded("p", lang, {}, text);
    this.element.append(line);
    setTimeout(() => line.remove(), KEPT_MS);
  }

  clear() {
    this.element.replaceChildren();
  }
}
