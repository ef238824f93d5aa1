import { h } from "./dom.js";
import { filled } from "./language.js";
import { texts } from "./chat-texts.js";
import { texts as frame } from "./texts.js";
import { counted, dateOf, timeOf, words } from "./group-texts.js";

/** On top of a group: the way back, whether a host is there, what one missed, and one's other groups. */
export class Head {
  constructor(group) {
    this.group = group;
    this.news = newsOf(group.room);
    this.heading = h("h2", { tabindex: -1 });
    this.presence = h("p", { class: "hint" });
    this.digest = h("div", { class: "digest", hidden: true });
    this.others = h("div", { class: "choices quiet", role: "group", "aria-label": words.others });
    this.bar = h(
      "div",
      { class: "tools" },
      h("button", { type: "button", class: "link", onclick: group.back }, texts.backToChat),
      h("button", { type: "button", class: "link", onclick: () => group.openWishes() }, words.forMe),
    );
    this.element = h("div", { class: "room-head" }, this.bar, this.heading, this.presence);
    this.update();
    this.tell();
  }

  update() {
    const { room } = this.group;
    const title = room.title || words.untitled;
    if (this.heading.textContent !== title) this.heading.textContent = title;
    const said = presenceOf(room);
    if (this.presence.textContent !== said) this.presence.textContent = said;
    this.drawOthers();
  }

  /** What one missed, as it was when one came in: it does not change under the eyes of whoever reads it. */
  tell() {
    const said = digestOf(this.news);
    this.digest.hidden = !said;
    if (!said) return;
    const act = () => {
      this.group.goTo(this.news.first);
      this.doneWith();
    };
    const go = h("button", { type: "button", class: "link", onclick: act }, words.firstNew);
    this.digest.replaceChildren(h("p", {}, said), this.news.first ? go : "");
  }

  /** Without the place one has come to: that is where one goes on reading. */
  takeFocus() {
    this.group.log.focusing(this.heading);
  }

  /** It has been read. */
  doneWith() {
    this.digest.hidden = true;
    this.group.log.isRead(this.digest);
  }

  drawOthers() {
    const { chat, room, openRoom } = this.group;
    const others = chat.rooms.list.filter((other) => other.id !== room.id && other.title);
    this.others.hidden = !others.length;
    const labels = others.map(roomNamed);
    if (labels.join() === Array.from(this.others.children, (one) => one.textContent).join()) return;
    this.others.replaceChildren(
      ...others.map(({ id }, at) => h("button", { type: "button", onclick: () => openRoom(id) }, labels[at])),
    );
  }
}

/** With how much in it is new, in words. */
function roomNamed({ title, unread }) {
  return unread ? counted("othersNew", unread, { title }) : title;
}

/** To choose from, where one is in several. */
export function roomList({ chat, back, openRoom }) {
  const heading = h("h2", { tabindex: -1 }, frame.groups);
  const list = h("div", { class: "choices" });
  const draw = () =>
    list.replaceChildren(
      ...chat.rooms.list.map((room) =>
        h("button", { type: "button", onclick: () => openRoom(room.id) }, roomNamed(room) || words.untitled),
      ),
    );
  draw();
  setTimeout(() => heading.focus());
  return h(
    "section",
    { class: "form", "aria-label": frame.groups },
    h("button", { type: "button", class: "link", onclick: back }, texts.backToChat),
    heading,
    list,
  );
}

const NOTHING = { first: null, posts: 0, people: 0, replies: 0, mentions: 0 };

/** What is new in a room: as the welcome counted it, and what came since. `first`: the oldest. Whoever was never here missed nothing. */
export function newsOf(room) {
  const since = Array.from(room.posts.values()).filter(
    ({ seq, mine, hidden, withdrawn }) => seq > room.head && !mine && !hidden && !withdrawn,
  );
  const answersMe = ({ reply_to: seq }) => seq && (room.posts.get(seq) || {}).mine;
  if (!room.wasHere) return NOTHING;
  const first = room.first_unread || Math.min(...since.map(({ seq }) => seq));
  const people = new Set(
    Array.from(room.posts.values())
      .filter((post) => isNew(post, room, first))
      .map(({ by, name }) => by || name),
  );
  return {
    first: Number.isFinite(first) ? first : null,
    posts: room.unread,
    people: Math.max(room.people, people.size),
    replies: room.replies + since.filter(answersMe).length,
    mentions: room.mentions + since.filter(({ mentioned }) => mentioned).length,
  };
}

function isNew({ seq, mine, hidden, withdrawn, shown_at: shown }, room, first) {
  if (mine || hidden || withdrawn || !(seq >= first)) return false;
  return seq > room.head || !room.read_at || !shown || shown > room.read_at;
}

export function digestOf({ posts, people, replies, mentions }) {
  if (!posts) return "";
  const by = people ? ` ${counted("digestPeople", people)}` : "";
  const what = [
    counted("digestPosts", posts) + by,
    replies && counted("digestReplies", replies),
    mentions && counted("digestMentions", mentions),
  ];
  return filled(words.digest, { what: what.filter(Boolean).join(", ") });
}

/** Never that somebody reads when nobody does. */
export function presenceOf(room) {
  const { now } = room;
  const hosts = { true: words.hostHere, false: now.asleep ? words.asleep : words.hostAway };
  const opens = now.opens_at && !now.open_until && filled(words.opensAt, { time: dateOf(now.opens_at, true) });
  return [
    now.over ? words.over : now.week && filled(words.week, { week: now.week }),
    now.open_until ? filled(words.openUntil, { time: timeOf(now.open_until) }) : opens,
    isClosed(room) && !opens && words.closed,
    !isClosed(room) && !now.unsure && hosts[now.host_present],
  ]
    .filter(Boolean)
    .join(" ") || words.rules;
}

/** A group with an hour of its own, outside of that hour. */
export function isClosed({ kind, now }) {
  return kind === "session" && now.host_present != null && !now.open_until;
}
