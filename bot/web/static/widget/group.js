import { Refusal } from "./api.js";
import { h } from "./dom.js";
import { filled } from "./language.js";
import { Log } from "./log.js";
import { texts } from "./chat-texts.js";
import { texts as frame } from "./texts.js";
import { standing } from "./group-boxes.js";
import { Head, isClosed, roomList } from "./group-head.js";
import { Notes } from "./group-notes.js";
import { Own } from "./group-own.js";
import { Post } from "./group-post.js";
import { Size } from "./group-size.js";
import { counted, gone, nameOf, topicOf, words } from "./group-texts.js";
import { Writer } from "./group-writer.js";
import { keptOut } from "./outbox.js";

const TYPING_FOR_MS = 6000;
const EARLIER = 50;
/** Of those that somebody had asked for before the connection was lost. */
const MOST_PAGES = 6;
const REPLAY_MS = 1500;

/**
 * One group: its posts in the order in which they came, a box to write to it, and what one wishes there for oneself.
 * `room` null: one's groups, to choose from.
 */
export function build(room, context) {
  return room ? new Group(room, context).element : roomList(context);
}

class Group {
  constructor(room, { chat, api, back, openRoom, announce }) {
    Object.assign(this, {
      ...{ room, chat, api, back, openRoom },
      announce: announce || ((text, lang) => chat.host.announce(text, lang)),
    });
    this.posts = new Map();
    this.asked = new Map();
    this.thread = null;
    this.wishes = null;
    this.cameAt = Date.now();
    this.missed = null; // how many posts came while there was no connection
    const title = room.title || words.untitled;
    this.scroll = h("div", { class: "room-scroll" });
    this.log = new Log({
      label: filled(words.posts, { title }),
      within: this.scroll,
      onEnd: () => this.reportRead(),
    });
    this.head = new Head(this);
    this.writer = new Writer(this);
    this.typing = h("p", { class: "typing", hidden: true }, words.somebodyWrites);
    this.nothing = h("p", { class: "hint" }, words.empty);
    this.own = new Own(this);
    this.notes = new Notes(this);
    this.threadHead = h(
      "div",
      { class: "thread-head", hidden: true },
      h("h3", { tabindex: -1 }, words.thread),
      h("button", { type: "button", class: "link", onclick: () => this.closeThread() }, words.backToAll),
    );
    this.element = h("section", { class: "room", part: "group", "aria-label": title });
    this.element.addEventListener("scroll", () => this.log.scrolled());
    this.size = new Size(this);
    this.draw();
    this.watch();
  }

  // -- the place

  /** Which of its faces it shows; drawn anew only where that changes. */
  get face() {
    if (this.wishes) return "wishes";
    if (this.room.resting) return "resting";
    return this.writes ? "open" : this.room.paused ? "paused" : "closed";
  }

  get writes() {
    return !this.room.paused && !isClosed(this.room);
  }

  draw() {
    const { face } = this;
    if (face === this.drawn) return;
    this.drawn = face;
    this.posts.forEach((one) => one.mayAnew());
    this.own.mayAnew();
    this.element.replaceChildren(...this.faceOf(face));
    this.size.fit();
  }

  faceOf(face) {
    const { head, log, scroll, threadHead, typing, notes, writer } = this;
    if (face === "wishes") return [notes.element, this.wishes.element];
    if (face === "resting") return [head.element, notes.element, this.later("resting")];
    this.size.below = face === "open" ? writer.element : this.cannotWrite(words[face]);
    scroll.replaceChildren(head.element, head.others, threadHead, log.view, notes.element);
    return [scroll, log.newer, typing, this.size.below];
  }

  /** What few see is loaded when it is needed. */
  async wishing() {
    try {
      return await import("./group-wishes.js");
    } catch (missing) {
      this.chat.host.changed("notice", frame.partMissing);
      return null;
    }
  }

  later(what) {
    const place = h("div", {});
    this.wishing().then((parts) => parts && place.replaceChildren(parts[what](this)));
    return place;
  }

  cannotWrite(why) {
    const ask =
      this.room.paused && h("button", { type: "button", onclick: () => this.openWishes() }, words.anotherLook);
    return h("div", { class: "no-writing" }, h("p", {}, why), ask);
  }

  /**
   * The place around it hears what comes, and says of what it shows that it does; what is already here is drawn once the
   * place is in the page.
   */
  watch() {
    const heard = {
      room: ({ room, post, again }) => this.changed(room, post, again),
      entry: (entry) => this.entryChanged(entry),
      message: ({ seq, from }) => this.notes.chatSaid(seq, from),
      state: () => this.head.update(),
      typing: (room) => room === this.room.id && this.somebodyWrites(),
      urgent: ({ entry, urgent }) => this.own.turnTo(entry, urgent),
    };
    setTimeout(() => {
      const place = this.element.parentElement;
      if (!place) return;
      for (const [name, act] of Object.entries(heard))
        place.addEventListener(`chat:${name}`, (event) => act(event.detail || {}) === true && event.preventDefault());
      const { outbox, refusedPosts } = this.chat;
      const mine = [...outbox.unsent, ...refusedPosts.values()].filter((entry) => this.isHere(entry));
      mine.forEach((entry) => this.own.changed(entry));
      this.fill();
      this.head.takeFocus();
      if (this.writes) mine.filter(({ again }) => again).forEach((entry) => this.own.rewrite(entry));
    });
  }

  changed(room, post, again) {
    if (post && room === this.room && (this.posts.size || room.posts === this.filled)) return this.show(post, again);
    this.head.update();
    if (room && room !== this.room) return;
    this.draw();
    if (!this.posts.size && this.room.posts !== this.filled && !this.room.resting) this.fill();
    if (room) return;
    this.cameAt = Date.now();
    if (this.posts.size) this.missed = 0;
    clearTimeout(this.replayed);
    this.replayed = setTimeout(() => this.afresh(), REPLAY_MS);
    if (this.folds !== this.foldedBy()) this.foldAnew();
    if (this.wishes) this.wishes.update();
  }

  /** For whoever pressed what is gone now. */
  takeFocus() {
    const { face } = this;
    if (face === "open") this.writer.box.focus();
    else (face === "wishes" ? this.wishes.element.querySelector("h2") : this.head.heading).focus();
  }

  // -- posts

  /** All that is there, or the thread that is open, from the beginning. */
  fill() {
    const { log } = this;
    const isNew = !this.filled || (log.unread && [this.head.digest, this.divider].includes(log.unread));
    const posts = this.know();
    log.clear();
    log.hush(true);
    posts.forEach((post) => this.put(this.posts.get(post.seq)));
    this.own.elements.forEach((element) => log.put(element, { mine: true }));
    this.divide();
    if (!posts.length) this.place(this.nothing, 0.5);
    this.offerEarlier();
    const firstNew = [this.head.digest, this.divider].find((one) => one && !one.hidden && one.isConnected);
    log.unread = (isNew && firstNew) || null;
    log.hush(false);
    posts.forEach(({ seq }) => this.posts.get(seq).offerAloud());
  }

  /** What is drawn, as the record has it: what is not there any more goes. The posts in their order. */
  know() {
    const { room } = this;
    this.filled = room.posts;
    this.folds = this.foldedBy();
    this.posts.forEach(({ element }, seq) => {
      if (room.posts.has(seq)) return;
      element.remove();
      this.log.isRead(element);
      this.posts.delete(seq);
    });
    const posts = Array.from(room.posts.values()).sort((a, b) => a.seq - b.seq);
    posts.forEach((post) => {
      const known = this.posts.get(post.seq);
      if (known) known.update(post);
      else this.posts.set(post.seq, new Post(post, this));
      this.own.settle(post);
    });
    this.count(posts);
    return posts;
  }

  /**
   * After a welcome, once what has changed has come: what is drawn is as the record says it is now. Whoever reads or
   * writes stays where they are.
   */
  async afresh() {
    const { room, log } = this;
    const upto = Math.min(...this.posts.keys());
    for (let n = 0; n < MOST_PAGES && room.first > upto; n += 1) if (!(await this.fetchEarlier())) break;
    if (!this.element.isConnected || this.face === "resting") return;
    const held = this.scroll.matches(":focus-within");
    log.steady(null, () => {
      const posts = this.know().map(({ seq }) => this.posts.get(seq));
      posts.filter(({ element }) => !element.isConnected).forEach((one) => this.put(one));
      if (posts.length) this.nothing.remove();
      this.offerEarlier();
    });
    if (this.thread && !this.postAt(this.thread)) this.closeThread(held);
    else if (held && !this.scroll.matches(":focus-within")) log.focusing(log.scroller);
  }

  put(one) {
    const { seq, at, mine } = one.post;
    if (!this.thread || this.rootOf(seq) === this.thread) this.log.put(one.element, { seq, at, mine });
  }

  /** Between posts: it has its place among them, and none of its own in time. */
  place(element, order) {
    element.order = order;
    this.log.place(element);
  }

  /** What one missed is said where it begins. */
  divide() {
    const { first } = this.head.news;
    this.divider = null;
    if (!first || this.thread) return;
    const there = this.room.posts.has(first);
    this.place(this.head.digest, there ? first - 0.6 : 0.2);
    if (!there) return;
    this.divider = h("p", { class: "day new-here" }, h("span", {}, words.newHere));
    this.place(this.divider, first - 0.5);
  }

  show(post, again) {
    const known = this.posts.get(post.seq);
    const before = known && known.post;
    const one = known || new Post(post, this);
    if (known) known.update(post);
    this.posts.set(post.seq, one);
    this.own.settle(post);
    if (!known) this.put(one);
    this.nothing.remove();
    this.count([post]);
    this.posts.forEach((other) => other.post.reply_to === post.seq && other.quoteAnew());
    this.tell(one, before, again);
    this.head.drawOthers();
  }

  /** New ones, and of one's own that it can be read now. */
  tell(one, before, again) {
    const { post } = one;
    if (post.mine && before && before.held && !post.held && !gone(post)) this.announce(words.inGroup);
    const late = post.shown_at && Date.parse(post.shown_at) > this.cameAt;
    if (again || post.mine || gone(post)) return;
    if (post.seq <= this.room.old && !late) {
      this.tellMissed(one);
      return;
    }
    const fold = this.foldOf(post);
    this.announce(`${nameOf(post)}: ${fold || post.text}`);
    one.offerAloud(true);
  }

  /** What came while there was no connection, in one sentence once all of it is there. */
  tellMissed(one) {
    one.offerAloud();
    if (this.missed === null) return;
    this.missed += 1;
    clearTimeout(this.tellingMissed);
    this.tellingMissed = setTimeout(() => {
      const said = counted("othersNew", this.missed, { title: this.room.title });
      this.missed = 0;
      if (this.element.isConnected) this.announce(said);
    }, REPLAY_MS);
  }

  postAt(seq) {
    return this.room.posts.get(seq);
  }

  /** One's own, by the id under which it was sent. */
  has(id) {
    return Array.from(this.room.posts.values()).some((post) => post.mine && post.id === id);
  }

  nameBy(handle) {
    const theirs = Array.from(this.room.posts.values()).find(({ by, name }) => by === handle && name);
    return theirs ? theirs.name : texts.from_member;
  }

  /** Why a post is folded for this reader; null where it stands open. */
  foldOf(post) {
    if (post.mine || gone(post)) return null;
    if (post.by && this.room.muted.includes(post.by)) return filled(words.mutedPost, { name: nameOf(post) });
    if (this.chat.rooms.mutedWords.some(({ text }) => holds(post.text, text))) return words.mutedWordPost;
    return post.warning ? topicOf(post) : null;
  }

  foldedBy() {
    return JSON.stringify([this.room.muted, this.chat.rooms.mutedWords]);
  }

  foldAnew() {
    this.folds = this.foldedBy();
    this.posts.forEach((one) => one.draw());
  }

  // -- answers

  rootOf(seq) {
    let at = seq;
    for (let to = this.answeredBy(at); to; to = this.answeredBy(at)) at = to;
    return at;
  }

  /** What the post at `seq` answers, if that is loaded. */
  answeredBy(seq) {
    const { reply_to: to } = this.postAt(seq) || {};
    return to && to < seq && this.postAt(to) ? to : null;
  }

  /** How many answers the roots of these posts have. */
  count(posts) {
    const roots = new Set(posts.map(({ seq }) => this.rootOf(seq)));
    const counts = new Map();
    for (const { seq, withdrawn } of this.room.posts.values()) {
      const root = this.rootOf(seq);
      if (root !== seq && !withdrawn) counts.set(root, (counts.get(root) || 0) + 1);
    }
    roots.forEach((root) => this.posts.has(root) && (this.posts.get(root).answered = counts.get(root) || 0));
  }

  get root() {
    return this.thread ? this.postAt(this.thread) : null;
  }

  openThread(seq) {
    this.thread = seq;
    this.head.doneWith();
    this.threadHead.hidden = false;
    this.redraw();
    this.writer.answers = this.root;
    this.writer.drawNotes();
    this.threadHead.firstChild.focus();
  }

  closeThread(held = true) {
    const seq = this.thread;
    this.thread = null;
    this.threadHead.hidden = true;
    this.redraw();
    this.writer.outOfThread();
    if (!held) return;
    if (this.posts.has(seq)) this.posts.get(seq).element.focus();
    else this.log.focusing(this.log.scroller);
  }

  redraw() {
    this.fill();
    this.posts.forEach((one) => {
      one.drawTools();
      one.quoteAnew();
    });
  }

  reply(post) {
    this.writer.reply(post);
  }

  /** To a post, wherever it stands: out of a thread, or among those before. */
  async goTo(seq) {
    if (this.thread && this.rootOf(seq) !== this.thread) this.closeThread();
    while (!this.postAt(seq) && (await this.loadEarlier())) continue;
    const one = this.posts.get(seq);
    if (!one) return;
    one.element.focus();
    this.log.show(one.element);
  }

  // -- earlier ones

  offerEarlier() {
    const before = this.log.element.querySelector(".earlier");
    const wanted = this.room.first > 1 && !this.thread;
    if (before && !wanted) before.remove();
    if (before || !wanted) return;
    const says = h("p", { class: "hint", role: "status" });
    const more = h("button", { type: "button", onclick: () => this.moreEarlier(says) }, words.earlier);
    this.place(h("div", { class: "earlier" }, more, says), 0);
  }

  async moreEarlier(says) {
    const box = this.log.box();
    const below = box.scrollHeight - box.scrollTop;
    if (!(await this.loadEarlier())) {
      says.textContent = words.earlierMissing;
      return;
    }
    this.announce(words.earlierCame);
    (this.element.querySelector(".earlier button") || this.log.scroller).focus();
    box.scrollTop = box.scrollHeight - below;
  }

  /** True: some more of it is here. */
  async loadEarlier() {
    if (!(await this.fetchEarlier())) return false;
    this.redraw();
    return true;
  }

  async fetchEarlier() {
    const { room } = this;
    if (room.first <= 1) return false;
    const after = Math.max(0, room.first - 1 - EARLIER);
    try {
      const token = await this.chat.host.token();
      const path = `/v1/messages?group=${room.id}&after=${after}&before=${room.first}`;
      const { messages } = await this.api.get(path, token);
      messages.forEach((post) => room.posts.set(post.seq, post));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return false;
    }
    room.first = after + 1;
    return true;
  }

  // -- what one writes and asks for

  /** `written`: as it stood in the box. */
  post(text, more, written) {
    this.chat.send({ type: "post", group: this.room.id, text, ...more }, written);
  }

  /** `done`, `waits` and `failed` hear what becomes of it. `quiet`: the chat answers to it, and says no more than was said here. */
  act(frame, { quiet, ...hears }) {
    const entry = this.chat.send(frame, null);
    if (quiet) this.notes.hush();
    this.asked.set(entry.id, hears);
    if (entry.state === "waiting" && hears.waits) hears.waits(entry);
  }

  isHere({ frame: { type, group } }) {
    return type === "post" && group === this.room.id;
  }

  /** True: it is seen here what became of it. */
  entryChanged(entry) {
    const hears = this.asked.get(entry.id);
    if (hears) return this.answered(entry, hears);
    if (this.isHere(entry)) {
      this.pausedBy(entry);
      return this.own.changed(entry);
    }
    if (entry.state === "failed" && entry.frame.text) this.notes.show([h("p", { class: "words" }, standing(entry))]);
    return false;
  }

  /** Of a pause one may hear first by what is refused. */
  pausedBy(entry) {
    if (!keptOut(entry) || this.room.paused) return;
    this.room.paused = true;
    this.draw();
  }

  answered(entry, { done, waits, failed }) {
    if (entry.state === "waiting" && waits) waits(entry);
    if (entry.state !== "sent" && entry.state !== "failed") return true;
    this.asked.delete(entry.id);
    if (entry.state === "sent" && done) done(entry);
    if (entry.state === "failed" && failed) failed(entry);
    this.pausedBy(entry);
    return true;
  }

  // -- what comes besides

  somebodyWrites() {
    this.typing.hidden = false;
    clearTimeout(this.typed);
    this.typed = setTimeout(() => (this.typing.hidden = true), TYPING_FOR_MS);
  }

  // -- for oneself

  async openWishes() {
    const parts = await this.wishing();
    if (!parts) return;
    this.wishes = new parts.Wishes(this);
    this.draw();
  }

  closeWishes() {
    this.wishes = null;
    this.draw();
    if (!this.room.resting) this.fill();
    this.head.takeFocus();
  }

  mute(handle, on) {
    const { room } = this;
    this.act({ type: "mute", group: room.id, member: handle, on }, {
      done: () => {
        room.muted = on ? [...room.muted, handle] : room.muted.filter((one) => one !== handle);
        this.foldAnew();
        if (this.wishes) this.wishes.update();
        this.announce(words.done);
      },
      waits: ({ state }) => this.announce(texts[state]),
    });
  }

  isBack() {
    this.room.resting = false;
    this.draw();
    this.fill();
    this.head.takeFocus();
    this.chat.connection.restart();
  }

  left() {
    this.chat.rooms.leave(this.room);
    this.element.replaceChildren(this.later("goodbye"));
  }

  reportRead() {
    const seq = Math.max(0, ...this.room.posts.keys());
    const unread = seq > (this.room.read || 0) || this.room.unread;
    if (!unread || this.thread || !this.log.view.isConnected || document.visibilityState !== "visible") return;
    if (!this.chat.connection.send({ type: "read", seq, group: this.room.id })) return;
    this.room.read = seq;
    this.chat.rooms.read(this.room);
  }
}

/** A word, from its beginning on: what it grows into is folded too. */
function holds(text, muted) {
  const said = muted.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|[^\\p{L}\\p{N}])${said}`, "u").test(text.toLowerCase());
}
