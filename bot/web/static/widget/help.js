import { freshId, h } from "./dom.js";
import { helpLines, texts } from "./texts.js";

/** One line of help, with its number as something to press. UK numbers that begin with 8 and have five digits take texts. */
export function signpost({ text, number }) {
  if (!number) return h("li", { dir: "auto" }, text);
  const digits = number.replace(/\s/g, "");
  const byText = /^8\d{4}$/.test(digits);
  const label = byText ? texts.message(number) : texts.call(number);
  const link = h("a", { class: "call", href: `${byText ? "sms" : "tel"}:${digits}` }, label);
  return h("li", {}, h("span", { dir: "auto" }, text), link);
}

/** The card under a message, or under a refusal, that rang an alarm. */
export function urgentCard(urgent, lang) {
  const title = freshId("urgent");
  return h(
    "section",
    { class: `urgent ${urgent.kind}`, part: "urgent", "aria-labelledby": title },
    h("h3", { id: title }, texts.urgent[urgent.kind] || texts.help),
    h("ul", { lang }, urgent.lines.map(signpost)),
  );
}

/**
 * "Get help now": everything it shows is in the page already, so that it works with no connection at all.
 * It lies over the chat and keeps the keyboard inside until it is closed.
 */
export class HelpPanel {
  constructor({ urgentUrl, leaveButton, onClose }) {
    const title = freshId("help");
    this.onClose = onClose;
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
      h("p", {}, h("a", { href: urgentUrl, target: "_blank", rel: "noopener noreferrer" }, texts.helpMore)),
      h("div", { class: "tools" }, this.closer, leaveButton),
    );
  }

  set lines(lines) {
    if (lines && lines.length) this.list.replaceChildren(...lines.map(signpost));
  }

  open(opener) {
    this.opener = opener;
    this.element.hidden = false;
    this.heading.focus();
  }

  close() {
    this.element.hidden = true;
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
