import { Refusal } from "./api.js";
import { freshId, h, worded } from "./dom.js";
import { textsOf } from "./language.js";
import { texts as chatTexts } from "./chat-texts.js";
import { subscription, turnOff, turnOn, whyNot } from "./push.js";

const texts = textsOf("reminders", {
  title: "My reminders",
  about: "When something waits for you here, I can tell you outside this chat: by e-mail, or on this device. A reminder only says that something is waiting. It never says what, and never says your name.",
  on: "Remind me outside this chat",
  off: "Stop all reminders",
  isOn: "Reminders are on.",
  isOff: "Reminders are off. I write in this chat only.",
  discreet: "Leave out the name of the service",
  device: "On this device",
  deviceAbout: "Your browser will ask you whether this page may show notifications. Others who see your screen could see that something is waiting. You can turn it off here at any time.",
  deviceOn: "Remind me on this device",
  deviceOff: "Not on this device any more",
  deviceIsOn: "Reminders come to this device.",
  refused: "You did not allow it. Nothing was changed.",
  noAddress: "The browser could not do it. Nothing was changed. You may be offline.",
  elsewhere: "Open your chat on its own page to get reminders on this device.",
  insecure: "This only works over a safe connection.",
  cannot: "This browser cannot show reminders.",
  homeScreen: "On an iPhone or iPad, put this page on the Home Screen first and open it from there.",
  blocked: "Notifications are blocked in this browser. Allow them in its settings for this page, then come back.",
  list: "What became of them",
  none: "There are no reminders yet.",
  loading: "Looking …",
  missing: "This cannot be shown right now.",
  again: "Try again",
});

/** Fetched each time it is opened, and kept nowhere. `act`: `api`, `token()`, `back()`. */
export function build(_, act) {
  const says = h("p", { role: "status", class: "says" });
  const body = h("div", {});
  const heading = h("h2", { tabindex: -1 }, texts.title);
  const view = h(
    "section",
    { class: "reminders", part: "reminders", "aria-label": texts.title },
    h("button", { type: "button", class: "link", onclick: act.back }, chatTexts.backToChat),
    heading,
    h("p", {}, texts.about),
    says,
    body,
  );
  const part = new Reminders(act, body, says);
  part.look();
  setTimeout(() => heading.focus());
  return view;
}

class Reminders {
  constructor(act, body, says) {
    this.act = act;
    this.body = body;
    this.says = says;
    this.looks = 0;
  }

  say(text) {
    this.says.textContent = text;
  }

  /** Only the newest look is drawn: the answer to an older one may come after it. */
  async look() {
    const mine = ++this.looks;
    if (!this.body.childElementCount) this.body.replaceChildren(h("p", {}, texts.loading));
    try {
      const token = await this.act.token();
      const own = await this.act.api.get("/v1/reminders", token);
      const { key } = own.on ? await this.act.api.get("/v1/push", token) : {};
      const here = own.on && key ? await subscription() : null;
      if (mine !== this.looks) return;
      this.body.replaceChildren(this.switches(own), ...(own.on && key ? [this.device(key, here)] : []), this.list(own));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (mine !== this.looks) return;
      this.say(refusal.text || texts.missing);
      this.body.replaceChildren(h("button", { type: "button", onclick: () => this.look() }, texts.again));
    }
  }

  async change(what) {
    try {
      await what(await this.act.token());
    } catch (refusal) {
      this.say(refusal instanceof Refusal ? refusal.text || texts.missing : texts.noAddress);
    }
    await this.look();
  }

  wish(body) {
    return this.change((token) => this.act.api.post("/v1/reminders", body, token));
  }

  switches(own) {
    const stop = async () => {
      this.say("");
      await turnOff().catch(() => null); // what the browser keeps is worth nothing without us
      await this.wish({ on: false });
    };
    const start = () => {
      this.say("");
      return this.wish({ on: true });
    };
    const id = freshId("discreet");
    const discreet = h("input", { id, type: "checkbox", checked: own.discreet });
    discreet.addEventListener("change", () => this.wish({ discreet: discreet.checked }));
    return h(
      "div",
      {},
      h("p", {}, own.on ? texts.isOn : texts.isOff),
      own.on ? h("div", { class: "option" }, discreet, h("label", { for: id }, texts.discreet)) : null,
      own.on
        ? h("button", { type: "button", onclick: stop }, texts.off)
        : h("button", { type: "button", class: "primary", onclick: start }, texts.on),
    );
  }

  device(key, here) {
    const no = whyNot(this.act.api.server);
    const parts = [h("h3", {}, texts.device)];
    if (here) {
      parts.push(h("p", {}, texts.deviceIsOn));
      parts.push(h("button", { type: "button", onclick: () => this.deviceOff() }, texts.deviceOff));
    } else if (no) parts.push(h("p", {}, texts[no]));
    else {
      parts.push(h("p", {}, texts.deviceAbout));
      parts.push(h("button", { type: "button", class: "primary", onclick: () => this.deviceOn(key) }, texts.deviceOn));
    }
    return h("div", {}, ...parts);
  }

  deviceOn(key) {
    this.say("");
    return this.change(async (token) => {
      const made = await turnOn(key);
      if (!made) this.say(whyNot(this.act.api.server) ? texts.blocked : texts.refused);
      else await this.act.api.post("/v1/push", made, token);
    });
  }

  deviceOff() {
    this.say("");
    return this.change(async (token) => {
      const endpoint = await turnOff();
      if (endpoint) await this.act.api.remove("/v1/push", { endpoint }, token);
    });
  }

  list({ reminders, lang }) {
    if (!reminders.length) return h("div", {}, h("h3", {}, texts.list), h("p", {}, texts.none));
    const rows = reminders.map(({ lines, state }) =>
      h("li", { class: state }, h("p", {}, lines[0]), ...lines.slice(1).map((line) => h("p", { class: "small" }, line))),
    );
    return h("div", {}, h("h3", {}, texts.list), worded("ul", lang, {}, ...rows));
  }
}
