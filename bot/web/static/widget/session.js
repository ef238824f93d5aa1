/**
 * Keeps the opaque token, and nothing else, in the browser: for this tab, or on this device if the patient
 * chose to be remembered. No word of a conversation is ever stored.
 */
export class Session {
  constructor(server) {
    this.key = `bounceback ${server}`;
    this.sharedKey = `${this.key} shared`;
    this.token = null;
  }

  read() {
    this.token =
      this.token || attempt(() => sessionStorage.getItem(this.key) || localStorage.getItem(this.key)) || null;
    return this.token;
  }

  /** `how`: "once", "remember", or "shared" on a device that others use too. */
  keep(token, how) {
    this.token = token;
    attempt(() => sessionStorage.setItem(this.key, token));
    if (how === "remember") attempt(() => localStorage.setItem(this.key, token));
    if (how === "shared") attempt(() => sessionStorage.setItem(this.sharedKey, "yes"));
  }

  get shared() {
    return attempt(() => sessionStorage.getItem(this.sharedKey)) === "yes";
  }

  forget() {
    this.token = null;
    attempt(() => sessionStorage.removeItem(this.key));
    attempt(() => localStorage.removeItem(this.key));
    attempt(() => sessionStorage.removeItem(this.sharedKey));
  }
}

/** Storage may be forbidden (private windows, blocked cookies): then the token lives as long as the page. */
function attempt(use) {
  try {
    return use();
  } catch (forbidden) {
    return null;
  }
}
