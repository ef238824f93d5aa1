/**
 * Keeps the opaque token, and nothing else, in the browser: for this tab, or on this device if the patient
 * chose to be remembered. No word of a conversation is ever stored.
 */
export class Session {
  constructor(server) {
    this.key = `bounceback ${server}`;
    this.token = null;
  }

  read() {
    this.token =
      this.token || attempt(() => sessionStorage.getItem(this.key) || localStorage.getItem(this.key)) || null;
    return this.token;
  }

  keep(token, remember) {
    this.token = token;
    attempt(() => sessionStorage.setItem(this.key, token));
    if (remember) attempt(() => localStorage.setItem(this.key, token));
  }

  forget() {
    this.token = null;
    attempt(() => sessionStorage.removeItem(this.key));
    attempt(() => localStorage.removeItem(this.key));
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
