const NOTHING_NEW = { unread: 0, people: 0, mentions: 0, replies: 0, first_unread: null, read_at: null };
const AS_USUAL = { kind: "open", resting: false, rests_until: null, paused: false, muted: [] };

/** The groups one is in and the posts that have come: kept from the start, shown by a part that is loaded on demand. */
export class Rooms {
  constructor(onChange) {
    this.onChange = onChange;
    this.all = new Map();
    this.left = new Set();
    this.mutedWords = [];
    this.showsTyping = false;
  }

  get list() {
    return Array.from(this.all.values());
  }

  /** Of all groups together. */
  get unread() {
    return this.list.reduce((sum, room) => sum + room.unread, 0);
  }

  /** What the welcome says is so now: where one is no longer in is gone. */
  named({ rooms = [], muted_words: muted = [], shows_typing: shows = false }) {
    const known = this.all.size;
    const mine = rooms.filter(({ id }) => !this.left.has(id));
    this.list.forEach(({ id }) => mine.some((named) => named.id === id) || this.all.delete(id));
    mine.forEach((named) => this.name(this.room(named.id), named));
    this.mutedWords = muted;
    this.showsTyping = shows;
    if (known || mine.length) this.onChange(null);
  }

  /**
   * `old`: posts up to here were written before one came in, or came back; they are shown, not announced. `head`: the newest when the
   * service counted what is unread. `first`: earlier ones have to be asked for.
   */
  name(room, named) {
    room.old = named.seq;
    const first = named.first || 1;
    if (!room.posts.size || newest(room) < first - 1) Object.assign(room, { first, posts: new Map() });
    // What was pressed comes again with its post; of older ones than are brought nobody tells what became of them.
    room.posts.forEach((post, seq) => {
      if (seq < first) room.posts.delete(seq);
      else if (post.reactions) room.posts.set(seq, { ...post, reactions: undefined, pressed: undefined });
    });
    room.first = first;
    Object.assign(room, NOTHING_NEW, AS_USUAL, named, { head: named.seq, first });
    room.wasHere = room.wasHere || Boolean(named.read_at);
  }

  room(id) {
    if (!this.all.has(id))
      this.all.set(id, {
        ...{ id, title: "", posts: new Map(), old: 0, head: 0, first: 1, wanted: false, wasHere: false, now: {} },
        ...NOTHING_NEW,
        ...AS_USUAL,
      });
    return this.all.get(id);
  }

  /** A post comes once, and again with the same seq when it is hidden, let through, taken back or answered kindly. */
  heard(post) {
    if (this.left.has(post.group)) return;
    const room = this.room(post.group);
    const before = room.posts.get(post.seq);
    if (before && JSON.stringify(before) === JSON.stringify(post)) return;
    room.posts.set(post.seq, post);
    if (!before && !post.mine && post.seq > room.head) room.unread += 1;
    this.onChange(room, post, Boolean(before));
  }

  /** Who is there is known again once a status has said so. */
  unsure() {
    this.list.forEach((room) => (room.now = { ...room.now, unsure: true }));
  }

  status(now) {
    const room = this.all.get(now.group);
    if (!room) return;
    room.now = now;
    this.onChange(room);
  }

  read(room) {
    Object.assign(room, NOTHING_NEW, { head: Math.max(room.head, newest(room)), wasHere: true });
    this.onChange(room);
  }

  leave(room) {
    this.left.add(room.id);
    this.all.delete(room.id);
    this.onChange(null);
  }

  /**
   * For `hello`: the newest post of each group. What is between and was not for us comes by itself when it is, and so
   * does what has changed since.
   */
  get after() {
    const after = {};
    this.list.forEach((room) => (after[room.id] = newest(room)));
    return after;
  }

  /** What one has only just come into is brought after a new hello. */
  lacks(room) {
    const asks = !room.wanted && !room.title;
    room.wanted = true;
    return asks;
  }
}

function newest({ posts }) {
  return Math.max(0, ...posts.keys());
}

/** The greatest number up to which nothing is missing. `known` is a Set or a Map by seq. */
export function gapless(known, from = 0) {
  let seq = from;
  while (known.has(seq + 1)) seq += 1;
  return seq;
}
