/** The groups one is in and the posts that have come: kept from the start, shown by a part that is loaded on demand. */
export class Rooms {
  constructor(onChange) {
    this.onChange = onChange;
    this.all = new Map();
  }

  get list() {
    return Array.from(this.all.values());
  }

  named(rooms) {
    rooms.forEach((named) => this.name(this.room(named.id), named));
    if (rooms.length) this.onChange(null);
  }

  /** `old`: posts up to here were written before one came in; they are shown, not announced. */
  name(room, { title, seq }) {
    if (!room.title) room.old = seq;
    room.title = title;
    room.head = seq;
  }

  room(id) {
    if (!this.all.has(id))
      this.all.set(id, { id, title: "", posts: new Map(), old: 0, head: 0, wanted: false, host: null });
    return this.all.get(id);
  }

  /** A post comes once, and again with the same seq when a host hides it or lets it through. */
  heard(post) {
    const room = this.room(post.group);
    const before = room.posts.get(post.seq);
    if (before && standing(before) === standing(post)) return;
    room.posts.set(post.seq, post);
    this.onChange(room, post, Boolean(before));
  }

  /** For `hello`: of each group, the last post without a gap before it. */
  get after() {
    const after = {};
    this.list.forEach((room) => (after[room.id] = gapless(room.posts)));
    return after;
  }

  /** Earlier posts have to be asked for, once, where the server did not bring them by itself. */
  lacks(room) {
    const asks = !room.wanted && (!room.title || gapless(room.posts) < room.head);
    room.wanted = true;
    return asks;
  }
}

function standing({ hidden, held }) {
  return hidden ? "hidden" : held ? "held" : "shown";
}

/** The greatest number up to which nothing is missing. `known` is a Set or a Map by seq. */
export function gapless(known, from = 0) {
  let seq = from;
  while (known.has(seq + 1)) seq += 1;
  return seq;
}
