import { h, worded } from "./dom.js";

const TICK_MS = 200;

const words = {
  title: (seconds) => `Exercise, ${length(seconds)}`,
  moves: "What you will do, again and again:",
  start: "Start",
  pause: "Pause",
  goOn: "Go on",
  stop: "Stop here",
  skip: "I would rather not do this now",
  left: (seconds) => `${length(seconds)} left`,
  paused: "Paused",
  pausedSaid: "Paused. Take all the time you need.",
  ended: "That is the end of the exercise.",
  stopped: "You have stopped. That is fine.",
  wait: "This comes after the exercise.",
};

/**
 * A timed exercise: the moves are repeated until the time is over; it may be paused or stopped at any moment.
 * Each move is said once to a screen reader, the seconds are only shown. The message's Done waits for the end.
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
    this.move = h("p", { class: "move" });
    this.count = h("p", { class: "countdown", "aria-hidden": "true" });
    this.left = h("p", { class: "hint" }, words.left(seconds));
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
        moves.map((move) => h("li", {}, worded("span", "", {}, move.do), ` (${length(move.seconds)})`)),
      ),
    );
    this.main = h("button", { type: "button", class: "primary", onclick: () => this.press() }, words.start);
    this.stopper = h("button", { type: "button", onclick: () => this.end(words.stopped) }, words.skip);
    this.element = h(
      "section",
      { class: "player", part: "exercise", "aria-label": words.title(seconds) },
      h("h3", {}, words.title(seconds)),
      this.list,
      this.stage,
      h("div", { class: "row" }, this.main, this.stopper),
    );
  }

  /** The button that ends the step waits; it opens again when the exercise is over or stopped. */
  holdDone() {
    const message = this.act.source();
    const done = message && message.querySelector('[data-choice$=".done"]');
    if (!done || message.classList.contains("used")) return;
    done.setAttribute("aria-disabled", "true");
    done.setAttribute("title", words.wait);
    this.done = done;
  }

  press() {
    if (this.timer) this.pause();
    else this.run();
  }

  run() {
    this.list.hidden = true;
    this.stage.hidden = false;
    this.main.textContent = words.pause;
    this.stopper.textContent = words.stop;
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
    this.left.textContent = `${words.paused}. ${words.left(this.remaining)}`;
    this.act.announce(words.pausedSaid);
  }

  get remaining() {
    return Math.max(0, Math.ceil(this.exercise.seconds - this.elapsed));
  }

  show() {
    if (this.elapsed >= this.exercise.seconds) {
      this.end(words.ended);
      return;
    }
    const { move, number, seconds } = moveAt(this.exercise.moves, this.elapsed);
    this.count.textContent = String(seconds);
    this.bar.value = this.elapsed;
    this.left.textContent = words.left(this.remaining);
    if (this.said === number) return;
    this.said = number;
    this.move.textContent = move.do;
    this.circle.style.transitionDuration = `${move.seconds}s`;
    this.circle.classList.toggle("wide", number % 2 === 0);
    this.act.announce(move.do);
  }

  end(said) {
    clearInterval(this.timer);
    this.timer = null;
    this.element.dataset.running = "false";
    this.move.textContent = said;
    this.count.textContent = "";
    this.left.textContent = "";
    this.bar.value = this.exercise.seconds;
    this.list.hidden = true;
    this.stage.hidden = false;
    this.circle.hidden = true;
    this.finish();
    this.act.announce(said);
  }

  finish() {
    for (const button of [this.main, this.stopper]) button.setAttribute("aria-disabled", "true");
    if (!this.done || this.act.source().classList.contains("used")) return;
    this.done.removeAttribute("aria-disabled");
    this.done.removeAttribute("title");
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

function length(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const parts = [
    minutes && `${minutes} ${minutes === 1 ? "minute" : "minutes"}`,
    rest && `${rest} ${rest === 1 ? "second" : "seconds"}`,
  ];
  return parts.filter(Boolean).join(" ") || "0 seconds";
}
