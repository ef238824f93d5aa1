import { h } from "./dom.js";
import { locale } from "./language.js";
import { texts } from "./chat-texts.js";

const NEAR_PX = 48;

/**
 * The conversation on the screen, in the order of `seq`, what is not sent yet last. It follows new messages only
 * while the reader is at the end, and never past the beginning of what they have not read.
 */
export class Log {
  /** `within`: what scrolls, where it holds more than the conversation. */
  constructor({ label = texts.conversation, within, onEnd }) {
    this.onEnd = onEnd;
    this.unread = null;
    this.below = null; // under the conversation, and read from its beginning
    this.hushed = false;
    this.ended = true; // whether the reader was at the end when they last scrolled
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
    (within || this.scroller).addEventListener("scroll", () => this.scrolled());
  }

  /** Puts a message in its place. What has no time yet, because it is on its way, counts as of the same day. */
  put(element, { seq = Infinity, at, mine = false } = {}) {
    const atEnd = !this.hushed && this.atEnd();
    element.order = seq;
    element.at = at;
    this.place(element);
    if (mine) this.unread = null;
    else if (!this.unread) this.unread = element;
    if (this.hushed) return;
    if (mine || atEnd) this.follow();
    else this.point();
  }

  /** A long history comes in one piece: while it does, nothing is measured or scrolled. */
  hush(hushed) {
    if (hushed === this.hushed) return;
    if (hushed) this.wasAtEnd = this.atEnd();
    this.hushed = hushed;
    if (hushed) return;
    this.divide();
    if (this.wasAtEnd) this.follow();
    else this.point();
  }

  /** Once the server has numbered it, one's own message moves to where it belongs. */
  settle(element, seq, at) {
    element.order = seq;
    element.at = at || element.at;
    element.dataset.seq = seq;
    this.place(element);
  }

  /** Whatever of it is new has been read, or is not there any more. */
  isRead(element) {
    if (this.unread === element) this.unread = null;
  }

  clear() {
    this.element.replaceChildren();
    this.unread = null;
    this.newer.hidden = true;
  }

  place(element) {
    const before = this.before(element);
    if (before !== element.previousElementSibling || !element.parentNode) {
      if (before) before.after(element);
      else this.element.prepend(element);
    }
    if (!this.hushed) this.divide();
  }

  before(element) {
    let child = this.element.lastElementChild;
    while (child && (child === element || !(child.order <= element.order)))
      child = child.previousElementSibling;
    return child;
  }

  /** A line with the date wherever a new day begins. */
  divide() {
    let day = null;
    for (const element of Array.from(this.element.children)) {
      if (element.order === undefined) {
        element.remove();
        continue;
      }
      const own = element.at ? new Date(element.at).toDateString() : day;
      if (own !== day) element.before(h("p", { class: "day" }, h("span", {}, dayName(own))));
      day = own;
    }
  }

  atEnd() {
    const box = this.box();
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
  }

  follow() {
    const box = this.box();
    const end = box.scrollHeight - box.clientHeight;
    const first = this.unread || this.below;
    box.scrollTop = first ? Math.min(end, this.topOf(first)) : end;
    this.point();
    if (this.atEnd()) this.onEnd();
  }

  /** While `changing` grows or shrinks, the rest of what is on the screen stays where it is: not every browser sees to it. */
  steady(changing, act) {
    if (this.hushed) return act();
    const box = this.box();
    const edge = box.getBoundingClientRect().top;
    let held = null;
    for (let one = this.element.lastElementChild; one; one = one.previousElementSibling) {
      const seen = one.getBoundingClientRect();
      if (seen.bottom <= edge) break;
      if (one !== changing) held = { one, top: seen.top };
    }
    act();
    if (held) this.box().scrollTop += held.one.getBoundingClientRect().top - held.top;
  }

  /** What has the keyboard is not scrolled to: the reader stays where they are. */
  focusing(element) {
    const box = this.box();
    const at = box.scrollTop;
    element.focus();
    box.scrollTop = at;
  }

  /** Brings to the screen what was put under a message: its beginning, where all of it has no room. */
  show(element) {
    const box = this.box();
    box.scrollTop = Math.min(box.scrollHeight - box.clientHeight, this.topOf(element));
    this.point();
  }

  /** Says what is waiting below, if anything is. */
  point() {
    const box = this.box();
    const seen = !this.unread || this.topOf(this.unread) < box.scrollTop + box.clientHeight - NEAR_PX;
    this.newer.textContent = seen ? texts.moreBelow : texts.newMessage;
    this.newer.hidden = this.ended = this.atEnd();
  }

  toUnread() {
    const box = this.box();
    const seen = this.unread && this.topOf(this.unread) <= box.scrollTop + 1;
    if (seen || !this.unread)
      box.scrollTop = Math.min(box.scrollTop + box.clientHeight * 0.9, box.scrollHeight);
    else box.scrollTop = this.topOf(this.unread);
    this.focusing(this.scroller);
    this.scrolled();
  }

  /** At the end, what begins above the window has been read. */
  scrolled() {
    this.ended = this.atEnd();
    if (!this.ended) return;
    if (this.unread && this.topOf(this.unread) < this.box().scrollTop - 1) this.unread = null;
    this.newer.hidden = true;
    this.onEnd();
  }

  topOf(element) {
    const box = this.box();
    const covered = parseFloat(getComputedStyle(box).scrollPaddingTop) || 0;
    const above = box.getBoundingClientRect().top + covered;
    return element.getBoundingClientRect().top - above + box.scrollTop - 12;
  }

  /** On a screen too low for a part that scrolls by itself, what is around it scrolls instead. */
  box() {
    let box = this.scroller;
    while (box.parentElement && getComputedStyle(box).overflowY === "visible") box = box.parentElement;
    return box;
  }
}

function dayName(name) {
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (name === today.toDateString()) return texts.today;
  if (name === yesterday.toDateString()) return texts.yesterday;
  return new Date(name).toLocaleDateString(locale(), {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
}
