import { Composer } from "./composer.js";
import { h, worded } from "./dom.js";
import { filled, locale, textsOf } from "./language.js";
import { Log } from "./log.js";
import { texts } from "./chat-texts.js";

const words = textsOf("group", {
  untitled: "Your group",
  posts: "What people wrote in {title}",
  write: "Write to the group",
  rules: "Everybody in the group can read this. They see the name you chose here.",
  you: "you",
  host: "Host",
  hostHere: "A host is here now.",
  hostAway: "No host is here right now. Posts are checked before others see them.",
  hidden: "A host has hidden this post.",
  held: "A host looks at this before others see it.",
  report: "Report",
  reportOf: "Report the post by {name}",
  reportAsk: "Shall a person look at this post? The writer is not told who asked.",
  reportYes: "Yes, report it",
  reportNo: "No, leave it",
  reported: "Thank you. A person will look at it.",
  empty: "Nobody has written here yet.",
  others: "Your other groups",
});

/** One group: its posts as they come, a box to write to it, and Report on every post of somebody else. */
export function build(room, context) {
  return new Group(room, context).element;
}

class Group {
  constructor(room, { chat, back, openRoom, announce }) {
    Object.assign(this, {
      room,
      chat,
      announce: announce || ((text, lang) => chat.host.announce(text, lang)),
    });
    this.title = room.title || words.untitled;
    this.elements = new Map();
    this.own = new Map();
    this.log = new Log({ label: filled(words.posts, { title: this.title }), onEnd: () => this.reportRead() });
    this.composer = new Composer({
      label: words.write,
      onSend: (parts) => parts.forEach((text) => this.post(text)),
    });
    this.heading = h("h2", { tabindex: -1 }, this.title);
    this.presence = h(
      "p",
      { class: "hint" },
      room.host === true ? words.hostHere : room.host === false ? words.hostAway : words.rules,
    );
    this.element = h(
      "section",
      { class: "room", part: "group", "aria-label": this.title },
      h(
        "div",
        { class: "room-head" },
        h("button", { type: "button", class: "link", onclick: back }, texts.backToChat),
        this.heading,
        this.presence,
        this.others(openRoom),
      ),
      this.log.view,
      this.composer.element,
    );
    this.watch();
  }

  others(openRoom) {
    const others = this.chat.rooms.list.filter((room) => room !== this.room && room.title);
    if (!others.length) return null;
    return h(
      "div",
      { class: "choices quiet", role: "group", "aria-label": words.others },
      others.map((room) => h("button", { type: "button", onclick: () => openRoom(room.id) }, room.title)),
    );
  }

  /** The place around it hears what comes; those already here are drawn once the place is in the page. */
  watch() {
    this.hear = (event) => {
      const { room, post, again } = event.detail || {};
      if (room === this.room && post) this.show(post, again, true);
    };
    this.entry = (event) => this.entryChanged(event.detail);
    setTimeout(() => {
      const place = this.element.parentElement;
      if (!place) return;
      place.addEventListener("chat:room", this.hear);
      place.addEventListener("chat:entry", this.entry);
      const posts = Array.from(this.room.posts.values()).sort((a, b) => a.seq - b.seq);
      this.log.hush(true);
      posts.forEach((post) => this.show(post, false, false));
      this.log.hush(false);
      this.chat.outbox.unsent.forEach((entry) => this.entryChanged(entry));
      this.heading.focus();
    });
  }

  show(post, again, fresh) {
    const element = this.draw(post);
    const before = this.elements.get(post.seq) || (post.id && this.own.get(post.id));
    this.elements.set(post.seq, element);
    if (before) {
      before.replaceWith(element);
      this.log.settle(element, post.seq, post.at);
    } else this.log.put(element, { seq: post.seq, at: post.at, mine: post.mine });
    if (fresh && post.seq > this.room.old && !again && !post.mine && !post.hidden)
      this.announce(`${this.nameOf(post)}: ${post.text}`, post.lang);
  }

  nameOf(post) {
    return post.name || texts[`from_${post.from}`];
  }

  draw(post) {
    const name = this.nameOf(post);
    const badge = post.from === "host" && h("span", { class: "badge" }, words.host);
    const when = h(
      "time",
      { datetime: post.at },
      new Date(post.at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" }),
    );
    return h(
      "article",
      { class: `msg ${post.mine ? "own" : "member"}`, "data-seq": post.seq, "aria-label": name },
      h("p", { class: "by" }, worded("b", "", {}, name), post.mine && ` (${words.you})`, badge, " ", when),
      h(
        "div",
        { class: "bubble" },
        post.hidden ? h("em", {}, words.hidden) : worded("div", post.lang, { class: "words", dir: "auto" }, post.text),
      ),
      post.held && h("p", { class: "hint" }, words.held),
      !post.mine && !post.hidden && post.from !== "bot" && this.reporting(post, name),
    );
  }

  reporting(post, name) {
    const box = h("div", { class: "report" });
    const ask = h(
      "button",
      { type: "button", class: "link", "aria-label": filled(words.reportOf, { name }), onclick: () => open() },
      words.report,
    );
    const close = () => {
      box.replaceChildren(ask);
      ask.focus();
    };
    const send = () => {
      this.chat.send({ type: "report", group: this.room.id, seq: post.seq }, null);
      const thanks = h("p", { class: "hint", tabindex: -1 }, words.reported);
      box.replaceChildren(thanks);
      thanks.focus();
    };
    const open = () => {
      const yes = h("button", { type: "button", onclick: send }, words.reportYes);
      box.replaceChildren(
        h("p", {}, words.reportAsk),
        yes,
        h("button", { type: "button", onclick: close }, words.reportNo),
      );
      yes.focus();
    };
    box.append(ask);
    return box;
  }

  post(text) {
    this.chat.send({ type: "post", group: this.room.id, text }, text);
  }

  entryChanged(entry) {
    if (entry.frame.type !== "post" || entry.frame.group !== this.room.id) return;
    const element = this.own.get(entry.id) || this.pending(entry);
    element.dataset.state = entry.state;
    const line = element.querySelector(".delivery");
    if (line) line.textContent = [texts[entry.state], entry.reason].filter(Boolean).join(" ");
    if (entry.reason) this.announce(entry.reason);
  }

  pending(entry) {
    const element = h(
      "article",
      { class: "msg own" },
      h("div", { class: "bubble" }, h("div", { class: "words", dir: "auto" }, entry.label)),
      h("p", { class: "delivery" }),
    );
    this.own.set(entry.id, element);
    this.log.put(element, { mine: true });
    return element;
  }

  reportRead() {
    const seqs = Array.from(this.room.posts.keys());
    const seq = Math.max(0, ...seqs);
    if (seq > (this.room.read || 0) && this.chat.connection.send({ type: "read", seq, group: this.room.id }))
      this.room.read = seq;
  }
}
