import { h } from "./dom.js";
import { texts } from "./chat-texts.js";

const NEAR_PX = 48;

/**
 * The conversation on the screen, in the order of `seq`, what is not sent yet last. It follows new messages only
 * while the reader is at the end, and never past the beginning of what they have not read.
 */
export class Log {
  constructor({ label = texts.conversation, onEnd }) {
    this.onEnd = onEnd;
    this.unread = null;
    this.element = h("div", { class: "log", part: "log" });
    this.newer = h(
      "button",
      { class: "newer", part: "new-message", type: "button", hidden: true, onclick: () => this.toUnread() },
      texts.newMessage,
    );
    this.scroller = h(
      "div",
      { class: "history", role: "log", "aria-live": "off", "aria-label": label, tabindex: 0 },
      this.element,
    );
    this.view = h("div", { class: "log-view" }, this.scroller, this.newer);
    this.scroller.addEventListener("scroll", () => this.scrolled());
  }

  /** Puts a message in its place; `fresh` ones are scrolled to, if the reader is at the end. */
  put(element, { seq = Infinity, at, mine = false } = {}) {
    const atEnd = this.atEnd();
    element.order = seq;
    element.day = day(at);
    this.place(element);
    if (mine) this.unread = null;
    else if (!this.unread) this.unread = element;
    if (mine || atEnd) this.follow();
    else this.newer.hidden = false;
  }

  /** Once the server has numbered it, one's own message moves to where it belongs. */
  settle(element, seq) {
    element.order = seq;
    element.dataset.seq = seq;
    const next = element.nextElementSibling;
    const before = this.before(seq, element);
    if (next && before !== element.previousElementSibling) this.place(element);
  }

  clear() {
    this.element.replaceChildren();
    this.unread = null;
    this.newer.hidden = true;
  }

  place(element) {
    const before = this.before(element.order, element);
    if (before) before.after(element);
    else this.element.prepend(element);
    if (!before || before.day !== element.day) this.divide(element);
  }

  before(order, except) {
    let child = this.element.lastElementChild;
    while (child && (child === except || child.order === undefined || child.order > order))
      child = child.previousElementSibling;
    return child;
  }

  divide(element) {
    const label = dayName(element.day);
    const there = element.previousElementSibling;
    if (there?.classList.contains("day")) there.remove();
    element.before(h("p", { class: "day" }, h("span", {}, label)));
  }

  atEnd() {
    const box = this.box();
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
  }

  follow() {
    const box = this.box();
    const end = box.scrollHeight - box.clientHeight;
    box.scrollTop = this.unread ? Math.min(end, this.topOf(this.unread)) : end;
    this.newer.hidden = this.atEnd();
    if (this.atEnd()) this.onEnd();
  }

  toUnread() {
    const box = this.box();
    const seen = this.unread && this.topOf(this.unread) <= box.scrollTop + 1;
    if (seen || !this.unread)
      box.scrollTop = Math.min(box.scrollTop + box.clientHeight * 0.9, box.scrollHeight);
    else box.scrollTop = this.topOf(this.unread);
    this.scroller.focus({ preventScroll: true });
    this.scrolled();
  }

  scrolled() {
    if (!this.atEnd()) return;
    this.newer.hidden = true;
    this.onEnd();
  }

  topOf(element) {
    const box = this.box();
    return element.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - 12;
  }

  /** On a screen too low for a part that scrolls by itself, the whole panel scrolls instead. */
  box() {
    const own = getComputedStyle(this.scroller).overflowY !== "visible";
    return own ? this.scroller : this.scroller.closest(".panel") || this.scroller;
  }
}

function day(at) {
  const date = at ? new Date(at) : new Date();
  return date.toDateString();
}

function dayName(name) {
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (name === today.toDateString()) return texts.today;
  if (name === yesterday.toDateString()) return texts.yesterday;
  return new Date(name).toLocaleDateString("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
}
