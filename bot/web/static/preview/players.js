import { h, uuid } from "/widget/dom.js";

/** The chats on the page: the module's own, and one of its variants beside it. Each sits in a frame of its own, as wide as a phone. */
export class Players {
  constructor(place, told) {
    Object.assign(this, { place, told });
    this.scores = {};
    this.shown = [];
  }

  /** The seat of the module's own chat. */
  get main() {
    return this.shown[0]?.seat;
  }

  holds(seat) {
    return this.shown.some((player) => player.seat === seat);
  }

  show(view, variant) {
    const beside = view.variants.find((each) => each.key === variant);
    const wanted = view.playing === "nothing" ? [] : [{ key: view.key, label: view.title }, ...(beside ? [beside] : [])];
    const keys = wanted.map((each) => each.key).join(" ");
    if (keys === this.keys) return;
    this.keys = keys;
    const kept = this.shown.filter((player, n) => wanted[n]?.key === player.key);
    this.shown.slice(kept.length).forEach((player) => player.element.remove());
    this.shown = [...kept, ...wanted.slice(kept.length).map((each) => this.add(each))];
    this.place.classList.toggle("two", this.shown.length > 1);
  }

  add({ key, label, lang }) {
    const seat = uuid();
    const query = new URLSearchParams({ seat, module: key });
    for (const [measure, { now, last }] of Object.entries(this.scores))
      query.append("pretend", `${measure}:${now ?? ""}:${last ?? ""}`);
    const element = h(
      "figure",
      { class: "player" },
      h("figcaption", { class: "small" }, label),
      h("iframe", { src: `/player?${query}`, title: `Chat: ${label}` }),
    );
    this.place.append(element);
    return { key, seat, element, lang };
  }

  /** `otherwise`: said where there was nothing to do. */
  async wish(wish, said, otherwise) {
    const wishes = wish.do === "pretend" || wish.do === "restart" ? this.shown : this.shown.slice(0, 1);
    const answers = await Promise.all(wishes.map(({ seat }) => ask(seat, wish)));
    const answer = answers[0];
    this.told(answer === null ? "The chat is not ready yet." : answer.done ? said : otherwise);
  }

  /** The variant stands where the module's own chat stands. */
  follow() {
    if (this.shown.length > 1) ask(this.shown[1].seat, { do: "follow", like: this.main });
  }
}

async function ask(seat, wish) {
  const response = await fetch(`/rehearsal/${seat}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(wish),
  }).catch(() => null);
  return response?.ok ? response.json() : null;
}
