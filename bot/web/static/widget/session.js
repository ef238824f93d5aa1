export const WISHES = "bounceback wishes";

/**
 * Keeps the opaque token, and nothing else, in the browser: for this tab, or on this device if the patient
 * chose to be remembered.
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

  /** Whether the patient chose to be remembered on this device. */
  get remembered() {
    return Boolean(this.read() && attempt(() => localStorage.getItem(this.key)) === this.token);
  }

  get wished() {
    return this.remembered && attempt(() => localStorage.getItem(WISHES));
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
    attempt(() => localStorage.removeItem(WISHES));
    this.drop("module");
    this.drop("unsent");
  }

  /** What `kept.js` keeps sealed on a device that somebody is remembered on. */
  drop(what) {
    attempt(() => indexedDB.deleteDatabase(`${this.key} ${what}`));
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
