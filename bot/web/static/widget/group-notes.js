import { h } from "./dom.js";
import { urgentCard } from "./help.js";
import { marked } from "./marks.js";
import { texts } from "./chat-texts.js";
import { words } from "./group-texts.js";

const ANSWERED_WITHIN_MS = 5000;
const MOST_EARLIER = 3;

/** What is said in the chat while one is in a group: where to turn in any case, and what became of a post. */
export class Notes {
  constructor(group) {
    this.group = group;
    this.quietUntil = 0;
    this.element = h("div", { class: "chat-says", hidden: true });
  }

  /** The chat's next answer says no more than was said here. */
  hush() {
    this.quietUntil = Date.now() + ANSWERED_WITHIN_MS;
  }

  chatSaid(seq, from) {
    const { chat, own } = this.group;
    const { msg } = chat.messages.get(seq) || {};
    if (!msg || from === "patient" || (chat.first && seq <= chat.head)) return;
    const { waiting } = own;
    waiting.forEach(({ line }) => line.replaceChildren(words.notIn));
    const card = msg.urgent && msg.urgent.lines.length ? urgentCard(msg.urgent) : null;
    if (!card && from === "bot" && !waiting.length && Date.now() < this.quietUntil) return;
    this.show([h("p", { class: "words" }, marked(msg.text)), card]);
  }

  /** Where to turn, and what was said with it, stay until the note is closed, whatever is said after. */
  show(what) {
    const said = what.filter(Boolean);
    const before = this.element.querySelector(".urgent");
    const kept = before && !said.some((one) => one.matches(".urgent")) ? before : "";
    const earlier = before ? Array.from(this.element.querySelectorAll(".chat-says > .words")) : [];
    this.element.replaceChildren(
      h(
        "div",
        { class: "row" },
        h("b", {}, words.chatSays),
        h("button", { type: "button", class: "link", onclick: () => this.close() }, words.close),
      ),
      ...earlier.slice(-MOST_EARLIER),
      ...said,
      kept,
      h("button", { type: "button", class: "link", onclick: this.group.back }, texts.backToChat),
    );
    const { log } = this.group;
    const urgent = said.some((one) => one.matches(".urgent"));
    const stay = !log.atEnd() && !urgent;
    log.below = this.element.querySelector(".urgent") ? this.element : null;
    this.element.hidden = false;
    if (stay) log.point();
    else if (this.element.previousElementSibling !== log.view) this.element.scrollIntoView({ block: "nearest" });
    else if (urgent) log.show(this.element);
    else log.follow();
  }

  close() {
    this.element.replaceChildren();
    this.element.hidden = true;
    this.group.log.below = null;
    this.group.takeFocus();
  }
}
