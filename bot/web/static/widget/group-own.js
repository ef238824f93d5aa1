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

  changed(entry) {
    if (this.group.has(entry.id)) return; // its post was quicker than its acknowledgement
    const own = this.all.get(entry.id) || this.begin(entry);
    own.element.dataset.state = entry.state;
    own.kept = entry.state === "sent";
    own.line.replaceChildren(own.kept ? words.kept : [texts[entry.state], entry.reason].filter(Boolean).join(" "));
    if (entry.state === "failed") own.line.append(" ", this.again(entry, own));
  }

  begin(entry) {
    const line = h("p", { class: "delivery" });
    const element = h(
      "article",
      { class: "msg own", "aria-label": words.you },
      h("div", { class: "bubble" }, h("div", { class: "words", dir: "auto" }, entry.label)),
      line,
    );
    const own = { element, line, kept: false };
    this.all.set(entry.id, own);
    this.group.log.put(element, { mine: true });
    return own;
  }

  again(entry, { element }) {
    const act = () => {
      this.group.writer.composer.putBack(entry.label);
      this.all.delete(entry.id);
      element.remove();
    };
    return h("button", { type: "button", class: "link", onclick: act }, texts.writeAgain);
  }

  /** What was on its way is there. */
  settle({ mine, id }) {
    const own = mine && this.all.get(id);
    if (!own) return;
    this.all.delete(id);
    own.element.remove();
  }

  /** Where to turn stands under the words that asked for it, whatever becomes of them. */
  turnTo(entry, urgent) {
    const own = this.all.get(entry.id);
    const card = urgentCard(urgent);
    if (!own) {
      this.group.notes.show([card]);
      return;
    }
    const before = own.element.querySelector(".urgent");
    if (before) before.remove();
    own.element.append(card);
    this.group.log.show(card);
  }
}
