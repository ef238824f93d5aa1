import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { h } from "./dom.js";
import { urgentCard } from "./help.js";
import { Log } from "./log.js";
import { announcement, asks, markUsed, messageElement } from "./message.js";
import { Outbox, keptOut } from "./outbox.js";
import { Rooms, gapless } from "./rooms.js";
import { texts } from "./chat-texts.js";

const REPLAY_MS = 1500;
/** Frames that stand in the conversation as one's own message. */
const SAID = ["say", "look_at"];

/** The conversation as a part of the widget: it begins at once. */
export function build(socketUrl, host) {
  host.chat = new Chat(host, socketUrl);
  host.chat.start();
  return host.chat.view;
}

/**
 * The conversation: frames in, frames out, and what of them is on the screen.
 *
 * `host` is the element around it: `hello()`, `announce(text, lang)`, `part(name, data, act)`, `openHelp(button)`,
 * `openRoom(id)`, `changed(what, detail)`, which says whether a group on the screen has shown it.
 */
class Chat {
  constructor(host, socketUrl) {
    this.host = host;
    this.messages = new Map();
    this.own = new Map();
    this.refusedPosts = new Map();
    this.after = 0;
    this.head = null;
    this.trailing = [];
    this.asking = null;
    this.read = 0;
    this.log = new Log({ onEnd: () => this.reportRead() });
    this.composer = new Composer({
      asked: () => this.onScreen(),
      onSend: (parts, re) => this.typed(parts, re),
    });
    this.typing = h("p", { class: "typing", hidden: true }, texts.teamWrites);
    this.view = h("div", { class: "chat" }, this.log.view, this.typing, this.composer.element);
    this.rooms = new Rooms((room, post, again) => host.changed("room", { room, post, again }));
    this.connection = new Connection({
      url: socketUrl,
      hello: async () => ({ ...(await host.hello()), after: this.after, rooms: this.rooms.after }),
      onFrame: (frame) => this.hear(frame),
      onState: (state) => this.stateChanged(state),
      onFault: () => this.outbox.atFault(),
    });
    this.outbox = new Outbox({
      send: (frame) => this.connection.send(frame),
      onChange: (entry) => this.entryChanged(entry),
      onSilence: () => this.connection.restart(),
    });
  }

  start() {
    this.connection.open();
    if (this.host.session.remembered) this.keepUnsent();
  }

  /** What an earlier page of this device could not send, and what this one cannot, until it is acknowledged. */
  async keepUnsent() {
    const { Kept } = await import("./kept.js");
    const kept = new Kept(this.host.session, "unsent");
    this.outbox.keepIn(kept, await kept.all());
  }

  stop() {
    this.connection.close();
  }

  /** Leaves nothing of it on the screen or in memory. */
  forget() {
    this.stop();
    this.outbox.clear();
    this.log.clear();
  }

  // -- from the server

  hear(frame) {
    if (frame.type === "welcome") this.welcomed(frame);
    else if (frame.type === "msg" && frame.group) this.rooms.heard(frame);
    else if (frame.type === "msg") this.heard(frame);
    else if (frame.type === "ack") this.outbox.acknowledged(frame.id, frame.seq);
    else if (frame.type === "nack") this.refused(frame);
    else if (frame.type === "status") this.status(frame);
  }

  welcomed(frame) {
    if (!frame.resumed && this.messages.size) this.startAnew();
    this.first = this.head === null;
    this.head = frame.seq;
    this.host.changed("reading", frame.reading);
    this.rooms.named(frame);
    this.log.hush(true);
    this.outbox.flush();
    if (this.after >= this.head) this.caughtUp();
    else setTimeout(() => this.caughtUp(), REPLAY_MS);
  }

  /** It is another conversation than the one on the screen. */
  startAnew() {
    this.outbox.clear();
    this.log.clear();
    this.messages.clear();
    this.own.clear();
    this.refusedPosts.clear();
    this.after = this.read = 0;
    this.head = this.asking = null;
    this.trailing = [];
  }

  heard(msg) {
    if (this.messages.has(msg.seq)) return;
    const mine = msg.from === "patient" && this.own.get(msg.id);
    const element = mine ? this.echoed(mine, msg) : messageElement(msg, this.actionsOf(msg));
    this.messages.set(msg.seq, element);
    element.msg = msg;
    if (!mine) this.log.put(element, { seq: msg.seq, at: msg.at, mine: msg.from === "patient" });
    if (msg.room) element.querySelector(".bubble").after(this.roomButton(msg.room));
    if (msg.room && !(this.first && msg.seq <= this.head)) this.rooms.left.delete(msg.room);
    this.after = gapless(this.messages, this.after);
    this.asked(msg, element);
    this.announce(msg);
    this.readAloud(msg, element);
    if (msg.urgent && msg.from === "bot") this.own.forEach((own) => own.order < msg.seq && this.unturn(own));
    if (msg.urgent?.kind === "advice") this.host.changed("advice", msg);
    this.host.changed("message", { seq: msg.seq, from: msg.from });
  }

  /** The newest question is the one that can be answered; those above it have been. */
  asked(msg, element) {
    if (!asks(msg)) return;
    if (this.asking && this.asking.seq > msg.seq) {
      markUsed(element, true);
      return;
    }
    const older = this.asking && this.asking.element;
    if (older) this.log.steady(older, () => markUsed(older, true));
    this.asking = { seq: msg.seq, element };
    this.composer.caption = msg.question?.kind === "text" ? texts.composerAnswer : texts.composer;
  }

  /** New messages at once; of what was there before, on the first visit only the bot's last turn. */
  announce(msg) {
    const replayed = this.first && msg.seq <= this.head;
    if (msg.from === "patient") this.trailing = [];
    else if (replayed) this.trailing.push(msg);
    else this.host.announce(announcement(msg), msg.lang);
    if (msg.seq === this.head) this.caughtUp();
  }

  readAloud(msg, element) {
    const { aloud } = this.host;
    if (aloud && this.first && msg.seq <= this.head) aloud.offer(element, msg);
    else if (aloud) aloud.heard(element, msg);
  }

  caughtUp() {
    this.first = false;
    this.log.hush(false);
    this.trailing.forEach((msg) => this.host.announce(announcement(msg), msg.lang));
    this.trailing = [];
    this.reportRead();
  }

  refused(frame) {
    const entry = this.outbox.refused(frame);
    if (!entry) this.host.changed("notice", frame.text);
    // Sent again and refused alike: what is on the screen stays, and is not said a second time.
    const told = frame.text + !!frame.urgent;
    if (entry && entry.told === told) return;
    if (entry) entry.told = told;
    if (entry && frame.urgent) this.turnTo(entry, frame.urgent);
    else if (entry && this.own.has(entry.id)) this.log.follow();
    const lines = frame.urgent ? frame.urgent.lines.map(({ text, number }) => `${text} ${number || ""}`) : [];
    this.host.announce([frame.text, ...lines].join("\n"), frame.lang || "en");
  }

  /** Where to turn, under the words that asked for it: those of a post stand here where no group shows them. */
  turnTo(entry, urgent) {
    entry.urgent = urgent;
    const shown = this.host.changed("urgent", { entry, urgent });
    if (shown && !this.own.has(entry.id)) return;
    const element = this.own.get(entry.id) || this.pending(entry);
    this.showState(element, entry);
    this.unturn(element);
    const card = urgentCard(urgent);
    element.append(card);
    this.log.show(card);
  }

  /** The card under one's own message goes once the bot's own answer has it. */
  unturn(element) {
    element.querySelector(".urgent")?.remove();
  }

  status(frame) {
    if (frame.reading) this.host.changed("reading", frame.reading);
    if (frame.group && frame.typing) this.host.changed("typing", frame.group);
    else if (frame.group) this.rooms.status(frame);
    else if (frame.typing != null) this.typing.hidden = !frame.typing;
  }

  stateChanged(state) {
    if (state !== "online") {
      this.outbox.disconnected();
      this.rooms.unsure();
      this.typing.hidden = true;
    }
    this.host.changed("state", state);
  }

  // -- from the patient

  /** What was being asked when somebody began to write: the question, or the last thing that was said. */
  onScreen() {
    if (this.asking) return this.asking.seq;
    return this.after || null;
  }

  typed(parts, re) {
    parts.forEach((text) => this.send({ type: "say", text, ...(re == null ? {} : { re }) }, text));
  }

  send(frame, label, source) {
    if (source) markUsed(source, true);
    return this.outbox.add(frame, { label, source });
  }

  actionsOf(msg) {
    const source = () => this.messages.get(msg.seq);
    return {
      answer: (item, value, label) => this.send({ type: "say", answer: { item, value } }, label, source()),
      say: (text) => this.send({ type: "say", text, re: msg.seq }, text, source()),
      choose: (choice, label) => this.send({ type: "say", choice }, label, source()),
      announce: (text, lang) => this.host.announce(text, lang),
      part: (name, data) =>
        this.grow(this.host.part(name, data, { ...this.actionsOf(msg), source, lang: msg.lang })),
    };
  }

  /** What is loaded on demand makes its message longer afterwards. */
  grow({ place, filled }) {
    filled(() => this.log.atEnd() && (() => this.log.follow()));
    return place;
  }

  entryChanged(entry) {
    if (!SAID.includes(entry.frame.type)) {
      this.elsewhere(entry);
      return;
    }
    const element = this.own.get(entry.id) || this.pending(entry);
    if (entry.seq && !this.messages.has(entry.seq)) {
      this.messages.set(entry.seq, element);
      this.after = gapless(this.messages, this.after);
      this.log.settle(element, entry.seq);
    }
    if (entry.state === "failed" && entry.source && entry.source === this.asking?.element)
      markUsed(entry.source, false);
    this.showState(element, entry);
  }

  /** What was written in a group has its place there. Of what was refused while that is not on the screen the words stay here. */
  elsewhere(entry) {
    const { id, state, frame } = entry;
    const shown = this.host.changed("entry", entry);
    const refused = state === "failed" && frame.text;
    if (refused && frame.type === "post") this.refusedPosts.set(id, entry);
    if (keptOut(entry) && this.rooms.all.has(frame.group)) this.rooms.all.get(frame.group).paused = true;
    if (refused && !shown && !this.own.has(id)) this.pending(entry);
    const element = this.own.get(id);
    if (!element) return;
    this.showState(element, entry);
    if (state !== "sent") return;
    element.order = this.after + 0.5;
    this.log.place(element);
  }

  /** A refused post is in the box again. */
  rewritten({ id }) {
    this.refusedPosts.delete(id);
    if (this.own.has(id)) this.own.get(id).remove();
    this.own.delete(id);
  }

  pending(entry) {
    const msg = { from: "patient", text: entry.label || entry.frame.text, lang: "", seq: null };
    const element = messageElement(msg, {});
    element.msg = msg;
    element.append(h("p", { class: "delivery" }));
    this.own.set(entry.id, element);
    this.log.put(element, { mine: true });
    return element;
  }

  showState(element, entry) {
    const line = element.querySelector(".delivery");
    element.dataset.state = entry.state;
    const words = [texts[entry.state], entry.reason].filter(Boolean).join(" ");
    line.replaceChildren(words);
    if (entry.state === "waiting" && !this.connection.online) line.append(" ", this.helpButton());
    if (entry.state === "failed" && entry.frame.text) line.append(" ", this.againButton(entry, element) || "");
    if (entry.state === "waiting" || entry.state === "failed") this.log.follow();
  }

  helpButton() {
    return h(
      "button",
      { type: "button", class: "link", onclick: (event) => this.host.openHelp(event.currentTarget) },
      texts.offlineHelp,
    );
  }

  againButton(entry, element) {
    const { type, text, group } = entry.frame;
    const button = (label, act) => h("button", { type: "button", class: "link", onclick: act }, label);
    if (SAID.includes(type))
      return button(texts.writeAgain, () => {
        this.composer.putBack(text);
        element.remove();
      });
    if (type !== "post" || !this.rooms.all.has(group)) return null;
    return button(keptOut(entry) ? texts.openGroup : texts.writeAgain, () => {
      entry.again = !keptOut(entry);
      this.host.openRoom(group);
    });
  }

  roomButton(room) {
    return h(
      "button",
      { type: "button", class: "primary", onclick: () => this.host.openRoom(room) },
      texts.openGroup,
    );
  }

  echoed(element, msg) {
    element.querySelector(".words").textContent = msg.text;
    this.log.settle(element, msg.seq, msg.at);
    return element;
  }

  reportRead() {
    const seen = this.after > this.read && this.connection.online && document.visibilityState === "visible";
    if (!seen || !this.view.offsetParent) return;
    this.read = this.after;
    this.connection.send({ type: "read", seq: this.read });
  }
}
