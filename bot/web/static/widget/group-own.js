import { h } from "./dom.js";
import { urgentCard } from "./help.js";
import { words } from "./group-texts.js";
import { texts } from "./chat-texts.js";

/** One's own posts on their way: sent, kept, not taken; until the group has them. `group`: `has`, `log`, `notes`, `writer`. */
export class Own {
  constructor(group) {
    this.group = group;
    this.all = new Map();
  }

  get elements() {
    return Array.from(this.all.values(), ({ element }) => element);
  }

  /** Those that are kept, and of which the group knows nothing yet. */
  get waiting() {
    return Array.from(this.all.values()).filter(({ kept }) => kept);
  }

  /** True: it is on the screen. */
  changed(entry) {
    if (this.group.has(entry.id)) return true; // its post was quicker than its acknowledgement
    const own = this.all.get(entry.id) || this.begin(entry);
    own.element.dataset.state = entry.state;
    own.kept = entry.state === "sent";
    own.line.replaceChildren(own.kept ? words.kept : [texts[entry.state], entry.reason].filter(Boolean).join(" "));
    if (entry.state === "failed") own.line.append(" ", this.again(entry));
    return own.element.isConnected;
  }

  begin(entry) {
    const line = h("p", { class: "delivery" });
    const element = h(
      "article",
      { class: "msg own", "aria-label": words.you },
      h("div", { class: "bubble" }, h("div", { class: "words", dir: "auto" }, entry.label)),
      line,
      entry.urgent && urgentCard(entry.urgent),
    );
    const own = { element, line, kept: false };
    this.all.set(entry.id, own);
    this.group.log.put(element, { mine: true });
    return own;
  }

  again(entry) {
    const hidden = !this.group.writes;
    const act = () => this.rewrite(entry);
    return h("button", { type: "button", class: "link again", hidden, onclick: act }, texts.writeAgain);
  }

  /** Whether there is a box to write in is other than before. */
  mayAnew() {
    const hidden = !this.group.writes;
    this.elements.forEach((one) => one.querySelectorAll(".again").forEach((button) => (button.hidden = hidden)));
  }

  rewrite(entry) {
    this.group.writer.putBack(entry);
    this.all.get(entry.id).element.remove();
    this.all.delete(entry.id);
    this.group.chat.rewritten(entry);
  }

  /** What was on its way is there. */
  settle({ mine, id }) {
    const own = mine && this.all.get(id);
    if (!own) return;
    this.all.delete(id);
    own.element.remove();
  }

  /** Where to turn stands under the words that asked for it, whatever becomes of them. True: it is on the screen. */
  turnTo(entry, urgent) {
    const own = this.all.get(entry.id);
    const card = urgentCard(urgent);
    if (!own || !own.element.isConnected) {
      this.group.notes.show([card]);
      return this.group.notes.element.isConnected;
    }
    const before = own.element.querySelector(".urgent");
    if (before) before.remove();
    own.element.append(card);
    this.group.log.show(card);
    return true;
  }
}
