import { uuid } from "./dom.js";

const ANSWER_WITHIN_MS = 10000;
const TRY_LATER_MS = 3000;

/** Refusals that pass by themselves: the same frame is sent again later. */
const PASSING = ["rate_limited", "unavailable"];

/** Whether it was refused because one may not write in the group for now. */
export function keptOut({ code }) {
  return ["barred", "paused"].includes(code);
}

/**
 * What was written and is not yet known to be kept: in memory, in order, sent again under the same id
 * after every reconnection until the server acknowledges or refuses it.
 *
 * An entry's `state` goes "sending" → "sent" | "waiting" → … | "failed"; `onChange(entry)` hears each step.
 */
export class Outbox {
  constructor({ send, onChange, onSilence }) {
    Object.assign(this, { send, onChange, onSilence });
    this.entries = new Map();
    this.sentLast = null;
    this.kept = null;
  }

  /** From now on also on the device, sealed; and what is there from an earlier page is sent as if it were of this one. */
  keepIn(kept, rows) {
    this.unsent.filter(({ frame }) => frame.text).forEach(({ id, frame }) => kept.put(id, frame));
    this.kept = kept;
    for (const [id, frame] of rows)
      if (!this.entries.has(id)) this.enter({ id, frame, label: frame.text, state: "waiting" });
  }

  get unsent() {
    return Array.from(this.entries.values()).filter((entry) => entry.state !== "failed");
  }

  add(frame, details) {
    const entry = { ...details, id: uuid(), state: "waiting" };
    entry.frame = { ...frame, id: entry.id };
    if (this.kept && frame.text) this.kept.put(entry.id, entry.frame);
    return this.enter(entry);
  }

  enter(entry) {
    this.entries.set(entry.id, entry);
    this.dispatch(entry);
    return entry;
  }

  remove(id) {
    this.entries.delete(id);
    if (this.kept) this.kept.drop(id);
  }

  /** After a welcome: everything that still waits, in the order it was written. */
  flush() {
    this.unsent.forEach((entry) => this.dispatch(entry));
  }

  /** The connection is gone: nothing that was on its way is known to have arrived. */
  disconnected() {
    this.unsent.forEach((entry) => this.become(entry, "waiting"));
  }

  acknowledged(id, seq) {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.remove(id);
    entry.seq = seq;
    this.become(entry, "sent");
  }

  refused({ id, code, text, retry_after: wait }) {
    const entry = this.entries.get(id);
    if (!entry) return null;
    const passing = PASSING.includes(code);
    entry.code = code;
    this.become(entry, passing ? "waiting" : "failed", text);
    if (passing) entry.timer = setTimeout(() => this.dispatch(entry), wait ? wait * 1000 : TRY_LATER_MS);
    else this.remove(id);
    return entry;
  }

  /** The frame that was sent last closed the connection: it is never sent again. */
  atFault() {
    const entry = this.entries.get(this.sentLast);
    if (!entry) return;
    this.remove(entry.id);
    this.become(entry, "failed");
  }

  clear() {
    this.entries.forEach((entry) => clearTimeout(entry.timer));
    this.entries.clear();
  }

  dispatch(entry) {
    if (!this.entries.has(entry.id)) return;
    const away = this.send(entry.frame);
    this.become(entry, away ? "sending" : "waiting");
    if (!away) return;
    this.sentLast = entry.id;
    entry.timer = setTimeout(() => this.onSilence(), ANSWER_WITHIN_MS);
  }

  become(entry, state, reason) {
    clearTimeout(entry.timer);
    entry.state = state;
    entry.reason = reason || null;
    this.onChange(entry);
  }
}
