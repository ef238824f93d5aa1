const WITHIN_MS = 2000;

/** Calls `leave` when Shift is pressed and let go three times with no other key in between. */
export class ShiftThrice {
  constructor(leave) {
    this.leave = leave;
    this.count = 0;
    this.since = 0;
    this.down = (event) => event.key !== "Shift" && (this.count = 0);
    this.up = (event) => event.key === "Shift" && this.pressed();
  }

  start() {
    addEventListener("keydown", this.down, true);
    addEventListener("keyup", this.up, true);
  }

  stop() {
    removeEventListener("keydown", this.down, true);
    removeEventListener("keyup", this.up, true);
  }

  pressed() {
    const now = Date.now();
    if (now - this.since > WITHIN_MS) this.count = 0;
    this.since = now;
    this.count += 1;
    if (this.count === 3) this.leave();
  }
}
