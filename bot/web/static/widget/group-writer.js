import { Composer } from "./composer.js";
import { freshId, h } from "./dom.js";
import { filled } from "./language.js";
import { TOPICS, firstWords, nameOf, words } from "./group-texts.js";

const LONGEST_POST = 2000;
const TYPING_EVERY_MS = 4000;

/** The box to write to a group: whom one answers, whom one names, and what others should know before they open it. */
export class Writer {
  constructor(group) {
    this.group = group;
    this.answers = null;
    this.typedAt = 0;
    this.notes = h("div", { class: "notes" });
    this.composer = new Composer({
      label: words.write,
      longest: LONGEST_POST,
      onSend: (parts) => this.send(parts),
    });
    this.box = this.composer.box;
    this.box.addEventListener("input", () => this.typed());
    this.names = h("div", { class: "choices quiet", role: "group", "aria-label": words.names });
    const inside = freshId("more");
    this.more = h(
      "div",
      { class: "more", id: inside, hidden: true },
      h("p", { class: "label" }, words.names),
      this.names,
      this.warning(),
    );
    this.opener = h(
      "button",
      {
        ...{ type: "button", class: "link", "aria-expanded": "false", "aria-controls": inside },
        onclick: () => this.openMore(this.more.hidden),
      },
      words.more,
    );
    const line = h("div", { class: "label-line" });
    this.element = this.composer.element;
    this.composer.label.replaceWith(line);
    line.append(this.composer.label, this.opener);
    this.element.prepend(this.notes);
    this.element.append(this.more);
  }

  get caption() {
    const { root } = this.group;
    return root ? filled(words.replyTo, { name: nameOf(root) }) : words.write;
  }

  /** In the box where there is no room above it. */
  set hinted(on) {
    this.hints = on;
    this.box.placeholder = on ? this.caption : "";
  }

  openMore(open) {
    this.more.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) this.drawNames();
  }

  warning() {
    const id = freshId("warn");
    this.topic = h(
      "select",
      { id, onchange: () => this.drawNotes() },
      h("option", { value: "" }, words.warnNone),
      TOPICS.map((topic) => h("option", { value: topic }, words[topic])),
    );
    return h("div", { class: "field" }, h("label", { for: id }, words.warn), this.topic);
  }

  // -- what goes with the words

  reply(post) {
    this.answers = post;
    this.drawNotes();
    this.box.focus();
  }

  /** A half-written answer stays one. */
  outOfThread() {
    if (!this.box.value.trim()) this.answers = null;
    this.drawNotes();
  }

  drawNotes() {
    const { group } = this;
    const { root } = group;
    const answers = this.answers === root ? null : this.answers;
    this.composer.caption = this.caption;
    this.hinted = this.hints;
    const note = (said, drop, label) =>
      h(
        "p",
        { class: "note" },
        h("span", { dir: "auto" }, said),
        h("button", { type: "button", class: "link", onclick: drop }, label),
      );
    const replying =
      answers && filled(words.replying, { name: nameOf(answers), words: firstWords(answers, group.foldOf(answers)) });
    const topic = this.topic.value;
    this.notes.replaceChildren(
      ...[
        answers && note(replying, () => this.reply(root), words.notReply),
        topic && note(filled(words.warned, { topic: words[topic] }), () => this.unwarn(), words.notWarned),
      ].filter(Boolean),
    );
  }

  unwarn() {
    this.topic.value = "";
    this.drawNotes();
    this.box.focus();
  }

  drawNames() {
    const known = Array.from(this.known());
    this.names.replaceChildren(
      ...known.map(([, name]) =>
        h("button", { type: "button", onclick: () => this.name(name) }, h("span", { dir: "auto" }, name)),
      ),
    );
    if (!known.length) this.names.append(h("p", { class: "hint" }, words.namesNone));
  }

  /** By handle, who wrote in what is loaded; the same name only once. */
  known() {
    const found = new Map();
    for (const { by, name, mine, from } of this.group.room.posts.values())
      if (by && name && !mine && from === "member") found.set(by, name);
    return found;
  }

  /** Into the text, where the writer is. */
  name(name) {
    const { box } = this;
    const at = box.selectionStart;
    const from = box.value[at - 1] === "@" ? at - 1 : at;
    const before = from && !/\s/.test(box.value[from - 1]) ? " " : "";
    box.setRangeText(`${before}@${name} `, from, box.selectionEnd, "end");
    this.composer.typed();
    box.focus();
  }

  /**
   * The names with an @ before them that are members' own, the longest first: "@Wrenna" does not name Wren. What is sent
   * holds the name alone, as an @ may look like an address elsewhere.
   */
  named(text) {
    let rest = text;
    const mentions = [];
    const known = Array.from(this.known()).sort(([, a], [, b]) => b.length - a.length);
    for (const [handle, name] of known) {
      const parts = rest.split(`@${name}`);
      if (parts.length > 1) mentions.push(handle);
      rest = parts.join(name);
    }
    return { text: rest, mentions: mentions.slice(0, 16) };
  }

  typed() {
    const { box, group } = this;
    this.element.scrollIntoView({ block: "nearest" });
    if (box.value[box.selectionStart - 1] === "@" && this.more.hidden) {
      this.openMore(true);
      group.announce(words.namesOffered);
    }
    const now = Date.now();
    if (!group.chat.rooms.showsTyping || !box.value || now - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = now;
    group.chat.connection.send({ type: "typing", group: group.room.id });
  }

  /** What goes with the words goes with each part of them. */
  send(parts) {
    const { answers, group, topic } = this;
    const more = { ...(answers && { reply_to: answers.seq }), ...(topic.value && { warning: topic.value }) };
    for (const written of parts) {
      const { text, mentions } = this.named(written);
      group.post(text, { ...more, ...(mentions.length && { mentions }) }, written);
    }
    this.answers = group.root;
    this.topic.value = "";
    this.openMore(false);
    this.drawNotes();
  }

  /** What was not taken, with what went with it. */
  putBack({ label, frame }) {
    this.answers = this.group.postAt(frame.reply_to) || this.answers;
    this.topic.value = frame.warning || this.topic.value;
    this.drawNotes();
    this.composer.putBack(label);
  }
}
