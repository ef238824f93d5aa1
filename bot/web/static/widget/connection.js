const PROTOCOL = "bounceback.v1";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30000;
const WELCOME_WITHIN_MS = 10000;

/** Close codes after which the frame that was sent last must not be sent again: it broke the connection. */
const FRAME_AT_FAULT = [1003, 1007, 1009];

/** Codes of a `bye`, or of a refused `hello`, after which coming back with the same token is of no use. */
const SIGNED_OUT = ["signed_out", "not_signed_in", "unauthorised", "unauthorized", "expired", "erased"];

/**
 * One socket, opened again for as long as it is wanted: with growing waits and jitter, at once when the
 * browser says it is online, and never before a `bye` allows it.
 *
 * `hello()` gives the fields of the first frame, or throws a Refusal with status 401 when nobody is signed in.
 * `onState` hears "connecting", "online", "offline" and "signed-out"; `onFrame` everything after the welcome too.
 */
export class Connection {
  constructor({ url, hello, onFrame, onState, onFault }) {
    Object.assign(this, { url, hello, onFrame, onState, onFault });
    this.socket = null;
    this.wanted = false;
    this.online = false;
    this.tries = 0;
    this.notBefore = 0;
    this.timer = null;
    this.wake = () => this.wanted && !this.socket && this.connect();
    this.sleep = () => this.drop();
  }

  open() {
    if (this.wanted) return;
    this.wanted = true;
    this.tries = 0;
    addEventListener("online", this.wake);
    addEventListener("offline", this.sleep);
    this.onState("connecting");
    this.connect();
  }

  close() {
    this.wanted = false;
    removeEventListener("online", this.wake);
    removeEventListener("offline", this.sleep);
    clearTimeout(this.timer);
    this.drop();
  }

  /** Comes back with a new hello, for instance to ask for a group's earlier posts. */
  restart() {
    this.notBefore = 0;
    this.tries = 0;
    if (this.socket) this.drop("connecting");
    this.connect();
  }

  send(frame) {
    if (!this.online || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  async connect() {
    clearTimeout(this.timer);
    if (this.socket || !this.wanted) return;
    const wait = this.notBefore - Date.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.connect(), wait);
      return;
    }
    const socket = (this.socket = new WebSocket(this.url, PROTOCOL));
    this.timer = setTimeout(() => this.drop(), WELCOME_WITHIN_MS);
    socket.onopen = () => this.greet(socket);
    socket.onmessage = (event) => socket === this.socket && this.hear(JSON.parse(event.data));
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  async greet(socket) {
    try {
      const fields = await this.hello();
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "hello", ...fields }));
    } catch (refusal) {
      if (refusal.status === 401 || refusal.status === 403) this.signedOut();
      else this.drop();
    }
  }

  hear(frame) {
    if (frame.type === "bye") {
      this.notBefore = Date.now() + (frame.retry_after || 0) * 1000 * (1 + Math.random());
      if (SIGNED_OUT.includes(frame.code)) this.signedOut();
      else this.drop();
      return;
    }
    if (frame.type === "nack" && !this.online && SIGNED_OUT.includes(frame.code)) {
      this.signedOut();
      return;
    }
    if (frame.type === "welcome") {
      clearTimeout(this.timer);
      this.tries = 0;
      this.online = true;
    }
    this.onFrame(frame);
    if (frame.type === "welcome") this.onState("online");
  }

  /** Lets go of the socket without waiting for its closing handshake: a half-open one would never close. */
  drop(state = "offline") {
    const socket = this.socket;
    if (!socket) return;
    this.closed(socket, 0, state);
    socket.close();
  }

  closed(socket, code, state = "offline") {
    if (socket !== this.socket) return;
    this.socket = null;
    this.online = false;
    clearTimeout(this.timer);
    if (FRAME_AT_FAULT.includes(code)) this.onFault();
    if (!this.wanted) return;
    this.onState(state);
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries) * (0.5 + Math.random() / 2);
    this.tries += 1;
    this.timer = setTimeout(() => this.connect(), Math.max(wait, this.notBefore - Date.now()));
  }

  signedOut() {
    this.close();
    this.onState("signed-out");
  }
}
