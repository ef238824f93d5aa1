import { h } from "./dom.js";

import { filled, language } from "./language.js";
import { Box, opens, ownWords, sure, standing, whyReport } from "./group-boxes.js";
import {
  KINDS,
  counted,
  firstWords,
  gone,
  kindNamed,
  nameOf,
  timeOf,
  topicOf,
  words,
} from "./group-texts.js";

/**
 * One post of a group: who wrote it, what it answers, its words or what stands in their place, kind words, and what can
 * be done with it. `group`: `foldOf`, `postAt`, `goTo`, `openThread`, `act`, `writes`, `reply`, `mute`.
 */
export class Post {
  constructor(post, group) {
    this.group = group;
    this.unfolded = false;
    this.kindOpen = false;
    this.answers = 0;
    this.box = new Box();
    this.kind = h("div", { class: "kind" });
    this.element = h("article", {
      class: `msg ${post.mine ? "own" : "member"}`,
      "data-seq": post.seq,
      tabindex: -1,
      "aria-label": nameOf(post),
    });
    this.update(post);
  }

  /** What stands there stays, with whatever is open in it, unless the post itself is another. */
  update(post) {
    const before = this.post;
    this.post = post;
    if (!before || standsAs(before) !== standsAs(post)) this.draw();
    this.drawKind();
  }

  draw() {
    const { post } = this;
    const held = this.element.matches(":focus-within");
    const { scroller } = this.group.log;
    this.box.close(false);
    const aloud = this.element.querySelector(".aloud");
    this.tools = h("div", { class: "post-tools" });
    this.element.replaceChildren(
      ...[
        this.by(),
        this.answering(),
        post.mentioned && !gone(post) && h("p", { class: "named" }, words.named),
        this.bubble(),
        post.held && h("p", { class: "hint" }, words.held),
        this.kind,
        this.tools,
        this.box.element,
        !gone(post) && aloud,
      ].filter(Boolean),
    );
    this.drawTools();
    if (held && scroller.contains(this.element)) this.element.focus();
  }

  by() {
    const { post } = this;
    const kinds = { agenda: words.agenda, recap: words.recap };
    return h(
      "p",
      { class: "by" },
      h("b", { dir: "auto" }, nameOf(post)),
      post.mine && ` (${words.you})`,
      post.from === "host" && post.name && h("span", { class: "badge" }, words.host),
      kinds[post.kind] && h("span", { class: "badge" }, kinds[post.kind]),
      " ",
      h("time", { datetime: post.at }, timeOf(post.at)),
    );
  }

  answering() {
    const { post, group } = this;
    if (!post.reply_to) return null;
    this.quote = h("span", { dir: "auto" });
    this.quoteAnew();
    return h(
      "button",
      { type: "button", class: "link answer-to", onclick: () => group.goTo(post.reply_to) },
      this.quote,
    );
  }

  /** What is answered may come later, or go. */
  quoteAnew() {
    if (!this.quote) return;
    const { group } = this;
    const to = group.postAt(this.post.reply_to);
    this.quote.textContent = to
      ? filled(words.answerTo, { name: nameOf(to), words: firstWords(to, group.foldOf(to)) })
      : words.answerToEarlier;
  }

  bubble() {
    const { post } = this;
    const away = gone(post);
    if (away) return h("div", { class: "bubble gone" }, h("em", {}, away));
    const text = post.text || (post.kind === "week" ? words.newWeek : "");
    const said = h("div", { class: "words", dir: "auto" }, text);
    const fold = this.group.foldOf(post);
    if (!fold) return h("div", { class: "bubble" }, this.topic(), said);
    return h("div", { class: "bubble" }, this.folded(fold, said));
  }

  /** One's own post, with what others see first. */
  topic() {
    return this.post.warning && h("p", { class: "topic" }, topicOf(this.post));
  }

  folded(fold, said) {
    const button = h("button", { type: "button", class: "unfold", onclick: () => turn(!this.unfolded) });
    const turn = (open) => {
      this.unfolded = open;
      said.hidden = !open;
      button.textContent = open ? words.fold : words.show;
      button.setAttribute("aria-expanded", String(open));
      if (open) this.offerAloud();
    };
    turn(this.unfolded);
    return [h("p", { class: "topic" }, fold), button, said];
  }

  // -- kind words

  drawKind() {
    const { post } = this;
    const counts = post.reactions || {};
    const none = Boolean(gone(post) || post.held);
    const only = post.mine || this.group.room.paused; // to be seen, not to be pressed
    this.kind.hidden = none || (only ? !Object.keys(counts).length : !this.kindOpen && !KINDS.some((k) => counts[k]));
    if (this.kind.hidden) return;
    if (only) {
      const said = KINDS.filter((kind) => counts[kind]).map((kind) => timed(kind, counts[kind]));
      this.kind.replaceChildren(h("p", { class: "hint" }, said.join(" · ")));
      return;
    }
    if (!this.kind.querySelector("button")) this.kind.replaceChildren(...KINDS.map((kind) => this.kindButton(kind)));
    for (const button of this.kind.children) {
      const { kind } = button.dataset;
      const held = button.matches(":focus");
      button.hidden = !this.kindOpen && !counts[kind] && !held;
      button.setAttribute("aria-pressed", String((post.pressed || []).includes(kind)));
      button.textContent = timed(kind, counts[kind]);
    }
  }

  kindButton(kind) {
    return h("button", { type: "button", class: "kindness", "data-kind": kind, onclick: () => this.press(kind) });
  }

  /** Shown at once; what the service says of it comes after, and counts. */
  press(kind) {
    const { post, group } = this;
    const pressed = post.pressed || [];
    const on = !pressed.includes(kind);
    const reactions = { ...post.reactions, [kind]: ((post.reactions || {})[kind] || 0) + (on ? 1 : -1) };
    if (reactions[kind] < 1) delete reactions[kind];
    const wished = { ...post, reactions, pressed: on ? [...pressed, kind] : pressed.filter((one) => one !== kind) };
    this.update(wished);
    group.act(
      { type: "react", group: group.room.id, seq: post.seq, kind, on },
      { failed: () => this.post === wished && this.update(post) },
    );
  }

  // -- what can be done with it

  /** What may be done here is other than before. Whoever has something open in it is left alone. */
  mayAnew() {
    if (!this.box.opener) this.drawTools();
    this.drawKind();
  }

  drawTools() {
    const { post, group } = this;
    const name = nameOf(post);
    const away = gone(post);
    const shown = !away && !post.held;
    const mine = post.mine;
    this.tools.replaceChildren(
      ...[
        this.thread(),
        shown && group.writes && this.plain(words.reply, filled(words.replyTo, { name }), () => group.reply(post)),
        shown && !mine && !group.room.paused && opens(words.kind, filled(words.kindFor, { name }), (button) => this.openKind(button)),
        !away && !mine && post.from !== "bot" && this.opens(words.report, filled(words.reportOf, { name }), this.report),
        !mine && post.by && !post.withdrawn && this.muting(name),
        mine && !away && this.opens(words.takeBack, null, this.takeBack),
        mine && post.hidden && this.opens(words.anotherLook, null, this.anotherLook),
      ].filter(Boolean),
    );
  }

  plain(label, name, act) {
    return h("button", { type: "button", class: "link", "aria-label": name, onclick: act }, label);
  }

  opens(label, name, build) {
    return opens(label, name, (button) => this.box.toggle(button, (close) => build.call(this, close)));
  }

  thread() {
    if (!this.answers || this.group.thread) return null;
    const answers = counted("answers", this.answers);
    const of = filled(words.answersOf, { answers, name: nameOf(this.post) });
    return this.plain(answers, of, () => this.group.openThread(this.post.seq));
  }

  set answered(count) {
    if (count === this.answers) return;
    this.answers = count;
    if (!this.box.opener && !this.tools.matches(":focus-within")) this.drawTools();
  }

  openKind(button) {
    this.kindOpen = !this.kindOpen;
    button.setAttribute("aria-expanded", String(this.kindOpen));
    this.drawKind();
    if (this.kindOpen) this.kind.firstElementChild.focus();
  }

  muting(name) {
    const { post, group } = this;
    const muted = group.room.muted.includes(post.by);
    if (muted) return this.plain(filled(words.unmuteOf, { name }), null, () => group.mute(post.by, false));
    return this.opens(words.mute, filled(words.muteOf, { name }), (close) =>
      sure({
        ask: filled(words.muteAsk, { name }),
        yes: words.muteYes,
        no: words.muteNo,
        act: () => group.mute(post.by, true),
        close,
      }),
    );
  }

  report(close) {
    return whyReport({
      act: (why) => this.asksFor({ type: "report", seq: this.post.seq, why }, words.reported, true),
      close,
    });
  }

  takeBack(close) {
    return sure({
      ask: words.takeBackAsk,
      yes: words.takeBackYes,
      no: words.takeBackNo,
      act: () => this.asksFor({ type: "withdraw", seq: this.post.seq }, words.done),
      close,
    });
  }

  anotherLook(close) {
    return ownWords({
      about: words.anotherLookAbout,
      act: (text) => this.asksFor({ type: "appeal", seq: this.post.seq, text }, words.anotherLookSent, true),
      close,
    });
  }

  /** `quiet`: what the chat answers to it says the same. */
  asksFor(frame, thanks, quiet) {
    this.group.act({ ...frame, group: this.group.room.id }, {
      quiet,
      done: () => this.box.says(thanks),
      waits: (entry) => this.box.says(standing(entry)),
      failed: (entry) => this.box.says(standing(entry)),
    });
  }

  // -- read aloud

  offerAloud(fresh) {
    const { aloud } = this.group.chat.host;
    const { post } = this;
    if (!aloud || post.mine || gone(post) || (this.group.foldOf(post) && !this.unfolded)) return;
    const said = { from: post.from, lang: language(), text: post.text };
    if (fresh) aloud.heard(this.element, said);
    else aloud.offer(this.element, said);
  }
}

function standsAs({ text, hidden, held, withdrawn, warning, mentioned }) {
  return JSON.stringify([text, !!hidden, !!held, !!withdrawn, warning || "", !!mentioned]);
}

function timed(kind, count) {
  const label = kindNamed(kind);
  const said = count ? filled(words.times, { kind: label, count }) : label;
  return kind === "heart" ? `♥ ${said}` : said;
}
