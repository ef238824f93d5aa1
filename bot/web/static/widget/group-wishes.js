import { freshId, h } from "./dom.js";
import { filled } from "./language.js";
import { Box, opens, ownWords, standing } from "./group-boxes.js";
import { dateOf, words } from "./group-texts.js";
import { texts } from "./chat-texts.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What one wishes for oneself in a group: whom and what to fold, a break, leaving. Nobody else is told of any of it. */
export class Wishes {
  constructor(group) {
    this.group = group;
    this.says = h("p", { class: "says", role: "status" });
    this.people = h("div", {});
    this.wordList = h("div", {});
    this.box = new Box();
    const heading = h("h2", { tabindex: -1 }, words.wishes);
    this.element = h(
      "div",
      { class: "form wishes" },
      h("button", { type: "button", class: "link", onclick: () => group.closeWishes() }, words.backToGroup),
      heading,
      this.says,
      this.section(words.rest, h("p", { class: "hint" }, words.restAbout), this.breaks()),
      this.section(words.mutedPeople, this.people),
      this.section(words.mutedWords, h("p", { class: "hint" }, words.mutedWordsAbout), this.wordList, this.addWord()),
      this.section(words.typing, this.typing()),
      group.room.paused &&
        this.section(words.anotherLook, this.telling(words.anotherLookAbout, {}, words.anotherLookSent)),
      this.section(words.complain, this.complaint()),
      this.section(words.leave, h("p", {}, words.leaveAbout), this.leaving()),
    );
    this.update();
    setTimeout(() => heading.focus());
  }

  section(title, ...children) {
    return h("section", { class: "wish" }, h("h3", {}, title), ...children);
  }

  /** After a welcome: a word has its own id only then. */
  update() {
    const { room, chat } = this.group;
    this.list(
      this.people,
      room.muted.map((handle) => {
        const name = this.group.nameBy(handle);
        return this.button(filled(words.unmuteOf, { name }), () => this.group.mute(handle, false));
      }),
      words.mutedNobody,
    );
    this.list(
      this.wordList,
      chat.rooms.mutedWords.map(({ id, text }) =>
        this.button(filled(words.unmuteWord, { word: text }), () => this.unmute(id)),
      ),
    );
  }

  /** Whoever pressed what is gone now keeps their place in the page. */
  list(place, buttons, none) {
    const held = place.matches(":focus-within");
    place.replaceChildren(h("div", { class: "row" }, ...buttons));
    if (!buttons.length) place.replaceChildren(none ? h("p", { class: "hint" }, none) : "");
    if (held) this.element.querySelector("h2").focus();
  }

  button(label, act) {
    return h("button", { type: "button", onclick: act }, h("span", { dir: "auto" }, label));
  }

  act(frame, done) {
    this.group.act(frame, {
      quiet: true,
      done: () => {
        this.says.textContent = words.done;
        if (done) done();
      },
      waits: (entry) => (this.says.textContent = standing(entry)),
      failed: (entry) => (this.says.textContent = standing(entry)),
    });
  }

  // -- one by one

  breaks() {
    const rest = (days) => () => this.rest(days);
    return h(
      "div",
      { class: "row" },
      this.button(words.restWeek, rest(7)),
      this.button(words.restMonth, rest(30)),
      this.button(words.restOpen, rest(null)),
    );
  }

  rest(days) {
    const { room } = this.group;
    this.act({ type: "rest", group: room.id, on: true, ...(days && { days }) }, () => {
      room.resting = true;
      room.rests_until = days ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
      this.group.closeWishes();
    });
  }

  addWord() {
    const id = freshId("word");
    const input = h("input", { id, type: "text", maxlength: 40, dir: "auto", autocomplete: "off" });
    const form = h(
      "form",
      { class: "field" },
      h("label", { for: id }, words.word),
      input,
      h("div", { class: "row" }, h("button", { type: "submit" }, words.muteWord)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return input.focus();
      this.act({ type: "mute_word", text }, () => {
        input.value = "";
        this.group.chat.connection.restart();
      });
    });
    return form;
  }

  unmute(word) {
    const { rooms } = this.group.chat;
    this.act({ type: "unmute_word", word }, () => {
      rooms.mutedWords = rooms.mutedWords.filter(({ id }) => id !== word);
      this.update();
      this.group.foldAnew();
    });
  }

  typing() {
    const { rooms } = this.group.chat;
    const id = freshId("typing");
    const input = h("input", { id, type: "checkbox" });
    input.checked = rooms.showsTyping;
    input.onchange = () =>
      this.act({ type: "show_typing", on: input.checked }, () => (rooms.showsTyping = input.checked));
    return [
      h("div", { class: "option" }, input, h("label", { for: id }, words.showTyping)),
      h("p", { class: "hint" }, words.showTypingAbout),
    ];
  }

  telling(about, more, thanks) {
    const place = h("div", {});
    const says = h("p", { class: "hint", tabindex: -1, hidden: true });
    const tell = (text) => {
      says.hidden = false;
      says.textContent = text;
      says.focus();
    };
    const send = (text) =>
      this.group.act({ type: "appeal", group: this.group.room.id, text, ...more }, {
        quiet: true,
        done: () => {
          place.replaceChildren();
          tell(thanks);
        },
        waits: (entry) => tell(standing(entry)),
        failed: (entry) => tell(standing(entry)),
      });
    place.append(ownWords({ about, act: send }));
    return h("div", {}, place, says);
  }

  complaint() {
    return this.telling(words.complainAbout, { complaint: true }, words.complainSent);
  }

  leaving() {
    const id = freshId("along");
    const along = h("input", { id, type: "checkbox" });
    const build = (close) => [
      h("div", { class: "option" }, along, h("label", { for: id }, words.leavePosts)),
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", onclick: () => this.leave(along.checked) }, words.leaveYes),
        h("button", { type: "button", onclick: close }, words.leaveNo),
      ),
    ];
    const button = opens(words.leave, null, (opener) => this.box.toggle(opener, build));
    button.className = "";
    return [button, this.box.element];
  }

  leave(along) {
    this.act({ type: "leave", group: this.group.room.id, take_posts: along }, () => this.group.left());
  }
}

/** In place of the posts, during a break. */
export function resting(group) {
  const { room } = group;
  const says = h("p", { class: "hint", role: "status" });
  const back = () =>
    group.act({ type: "rest", group: room.id, on: false }, {
      done: () => group.isBack(),
      waits: (entry) => (says.textContent = standing(entry)),
      failed: (entry) => (says.textContent = standing(entry)),
    });
  const until = room.rests_until && filled(words.restingUntil, { date: dateOf(room.rests_until) });
  return h(
    "div",
    { class: "form" },
    h("p", {}, until || words.resting),
    h("button", { type: "button", class: "primary", onclick: back }, words.comeBack),
    says,
  );
}

/** All that is left of a group that one has left. */
export function goodbye(group) {
  const line = h("p", { tabindex: -1 }, words.left);
  setTimeout(() => line.focus());
  return h(
    "div",
    { class: "form" },
    line,
    h("button", { type: "button", class: "primary", onclick: group.back }, texts.backToChat),
  );
}
