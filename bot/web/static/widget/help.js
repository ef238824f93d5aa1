import { freshId, h, worded } from "./dom.js";
import { direction, filled, tongueOf } from "./language.js";
import { helpLines, texts } from "./texts.js";

/** One line of help, with its number as something to press. UK numbers that begin with 8 and have five digits take texts. */
export function signpost({ text, number, lang = "en" }) {
  if (!number) return worded("li", lang, {}, text);
  const digits = number.replace(/\s/g, "");
  const byText = /^8\d{4}$/.test(digits);
  const name = byText ? "message" : "call";
  const address = { class: "call", href: `${byText ? "sms" : "tel"}:${digits}` };
  const link = worded("a", tongueOf("frame", name), address, filled(texts[name], { number }));
  return h("li", {}, worded("span", lang, {}, text), link);
}

/** The card under a message, or under a refusal, that rang an alarm. */
export function urgentCard(urgent) {
  const title = freshId("urgent");
  const name = `urgent_${urgent.kind}`;
  return worded(
    "section",
    urgent.lines[0]?.lang || "en",
    { class: `urgent ${urgent.kind}`, part: "urgent", "aria-labelledby": title },
    worded("h3", tongueOf("frame", name), { id: title }, texts[name] || texts.help),
    h("ul", {}, urgent.lines.map(signpost)),
  );
}

/**
 * "Get help now": everything it shows is in the page already, so that it works with no connection at all.
 * It lies over the chat and keeps the keyboard inside until it is closed.
 */
export class HelpPanel {
  constructor({ urgentUrl, leaveButton, onClose, ownPlan }) {
    const title = freshId("help");
    this.onClose = onClose;
    this.ownPlan = ownPlan;
    this.own = h("div", { class: "own" });
    this.heading = h("h2", { id: title, tabindex: -1 }, texts.help);
    this.list = h("ul", { class: "help-lines" });
    this.lines = helpLines;
    this.closer = h(
      "button",
      { type: "button", class: "primary", onclick: () => this.close() },
      texts.helpClose,
    );
    this.element = h(
      "div",
      {
        lang: tongueOf("frame", "helpIntro"),
        dir: direction(tongueOf("frame", "helpIntro")),
        class: "help",
        part: "help-panel",
        role: "dialog",
        "aria-modal": "true",
        "aria-labelledby": title,
        hidden: true,
        onkeydown: (event) => this.key(event),
      },
      this.heading,
      h("p", {}, texts.helpIntro),
      this.list,
      this.own,
      h("p", {}, h("a", { href: urgentUrl, target: "_blank", rel: "noopener noreferrer" }, texts.helpMore)),
      h("div", { class: "tools" }, this.closer, leaveButton),
    );
  }

  set lines(lines) {
    if (!lines || !lines.length) return;
    this.shown = lines;
    this.list.replaceChildren(...lines.map(signpost));
  }

  open(opener) {
    this.opener = opener;
    this.element.hidden = false;
    this.heading.focus();
    this.ownPlan(this.own);
  }

  close() {
    this.element.hidden = true;
    this.own.replaceChildren();
    this.onClose();
    if (this.opener) this.opener.focus();
  }

  key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
      return;
    }
    if (event.key !== "Tab") return;
    const stops = Array.from(this.element.querySelectorAll("a, button"));
    const at = stops.indexOf(this.element.getRootNode().activeElement);
    const next = event.shiftKey ? (at <= 0 ? stops.length - 1 : at - 1) : (at + 1) % stops.length;
    event.preventDefault();
    stops[next].focus();
  }
}
