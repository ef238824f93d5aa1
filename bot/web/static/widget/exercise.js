import { h, worded } from "./dom.js";
import { filled, lasting, textsOf } from "./language.js";

const TICK_MS = 200;

const words = textsOf("exercise", {
  title: "Exercise, {length}",
  moves: "What you will do, again and again:",
  start: "Start",
  pause: "Pause",
  goOn: "Go on",
  left: "{length} left",
  paused: "Paused",
  pausedSaid: "Paused. Take all the time you need.",
  ended: "That is the end of the exercise.",
  wait: "This comes after the exercise.",
});
const title = (seconds) => filled(words.title, { length: lasting(seconds) });
const left = (seconds) => filled(words.left, { length: lasting(seconds) });

/**
 * A timed exercise: the moves are repeated until the time is over; it may be paused at any moment, and ends when
 * the patient presses Stop or anything else that answers the message. Each move is said once to a screen reader,
 * the seconds are only shown. Done waits for the end wherever there is a Stop beside it.
 */
export function build(exercise, act) {
  return new Player(exercise, act).element;
}

class Player {
  constructor(exercise, act) {
    Object.assign(this, { exercise, act });
    this.elapsed = 0;
    this.timer = null;
    this.said = null;
    this.draw();
    this.holdDone();
  }

  draw() {
    const { seconds, moves } = this.exercise;
    const { lang } = this.act;
    this.move = worded("p", lang, { class: "move" });
    this.count = h("p", { class: "countdown", "aria-hidden": "true" });
    this.left = h("p", { class: "hint" }, left(seconds));
    this.bar = h("progress", { max: seconds, value: 0, "aria-hidden": "true" });
    this.circle = h("div", { class: "breath", "aria-hidden": "true" }, this.count);
    this.stage = h("div", { class: "stage", hidden: true }, this.circle, this.move, this.bar, this.left);
    this.list = h(
      "div",
      {},
      h("p", { class: "hint" }, words.moves),
      h(
        "ol",
        {},
        moves.map((move) => h("li", {}, worded("span", lang, {}, move.do), ` (${lasting(move.seconds)})`)),
      ),
    );
    this.main = h("button", { type: "button", class: "primary", onclick: () => this.press() }, words.start);
    this.element = h(
      "section",
      { class: "player", part: "exercise", "aria-label": title(seconds) },
      h("h3", {}, title(seconds)),
      this.list,
      this.stage,
      this.main,
    );
  }

  /** The list of moves stands for the words of the message, which say the same. */
  holdDone() {
    const message = this.act.source();
    const bubble = message.querySelector(".bubble");
    if (bubble) bubble.hidden = true;
    const button = (key) => message.querySelector(`[data-choice$=".${key}"]`);
    if (this.over || !button("done") || !button("stop")) return;
    this.done = button("done");
    this.done.setAttribute("aria-disabled", "true");
    this.done.setAttribute("title", words.wait);
  }

  /** The message has been answered: by Stop, by another button, by a newer question. */
  get over() {
    return this.act.source().classList.contains("used");
  }

  press() {
    if (this.over) return;
    if (this.timer) this.pause();
    else this.run();
  }

  run() {
    this.list.hidden = true;
    this.stage.hidden = false;
    this.main.textContent = words.pause;
    this.element.dataset.running = "true";
    const begun = performance.now() - this.elapsed * 1000;
    this.timer = setInterval(() => {
      this.elapsed = (performance.now() - begun) / 1000;
      this.show();
    }, TICK_MS);
    this.said = null;
    this.show();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.main.textContent = words.goOn;
    this.element.dataset.running = "false";
    this.left.textContent = `${words.paused}. ${left(this.remaining)}`;
    this.act.announce(words.pausedSaid);
  }

  get remaining() {
    return Math.max(0, Math.ceil(this.exercise.seconds - this.elapsed));
  }

  show() {
    if (this.over) {
      this.stop();
      return;
    }
    if (this.elapsed >= this.exercise.seconds) {
      this.end(words.ended);
      return;
    }
    const { move, number, seconds } = moveAt(this.exercise.moves, this.elapsed);
    this.count.textContent = String(seconds);
    this.bar.value = this.elapsed;
    this.left.textContent = left(this.remaining);
    if (this.said === number) return;
    this.said = number;
    this.move.textContent = move.do;
    this.circle.style.transitionDuration = `${move.seconds}s`;
    this.circle.classList.toggle("wide", number % 2 === 0);
    this.act.announce(move.do, this.act.lang);
  }

  end(said) {
    this.stop();
    this.move.textContent = said;
    this.bar.value = this.exercise.seconds;
    if (this.done && !this.over) {
      this.done.removeAttribute("aria-disabled");
      this.done.removeAttribute("title");
    }
    this.act.announce(said);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.element.dataset.running = "false";
    this.main.setAttribute("aria-disabled", "true");
    this.move.textContent = "";
    this.left.textContent = "";
    this.circle.hidden = true;
  }
}

/** Which move is on after `elapsed` seconds, counted from 0 over all repeats, and how much of it is left. */
function moveAt(moves, elapsed) {
  const round = moves.reduce((sum, move) => sum + move.seconds, 0);
  const rounds = Math.floor(elapsed / round);
  let within = elapsed - rounds * round;
  for (const [n, move] of moves.entries()) {
    if (within < move.seconds)
      return { move, number: rounds * moves.length + n, seconds: Math.ceil(move.seconds - within) };
    within -= move.seconds;
  }
  return { move: moves[0], number: (rounds + 1) * moves.length, seconds: moves[0].seconds };
}
