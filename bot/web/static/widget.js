import { Announcer } from "./widget/announcer.js";
import { Api, Refusal } from "./widget/api.js";
import { h, worded } from "./widget/dom.js";
import { HelpPanel } from "./widget/help.js";
import { direction, filled, language, speak, tongueOf } from "./widget/language.js";
import { ShiftThrice } from "./widget/leave.js";
import { part } from "./widget/parts.js";
import { Session } from "./widget/session.js";
import { addStyles } from "./widget/styles.js";
import { texts } from "./widget/texts.js";

const LEAVE_TO = "https://www.bbc.co.uk/weather";

/**
 * `<bounceback-chat>`: the chat in any page.
 *
 * Attributes: `open`, `inline` (fills its place instead of floating), `lang`, `server`, `token`, `leave-url`, `socket`
 * (the path of the socket, where it is another than the service's own).
 * Properties: `getToken` (a function, may be async), `invite` and `returnCode` (from a link, never kept).
 * Events: `bounceback:message` `{seq, from}`, `bounceback:state` `{state}` and `bounceback:language` `{lang}`; never
 * any words.
 */
class BouncebackChat extends HTMLElement {
  static get observedAttributes() {
    return ["open", "lang"];
  }

  connectedCallback() {
    if (!this.panel) this.build();
    this.shift.start();
    addEventListener("beforeunload", this.warn);
    if (this.hasAttribute("open")) this.show();
  }

  disconnectedCallback() {
    this.shift.stop();
    removeEventListener("beforeunload", this.warn);
    if (this.chat) this.chat.stop();
    this.started = false;
  }

  attributeChangedCallback(name) {
    if (!this.panel) return;
    if (name === "lang") this.speak(this.getAttribute("lang"));
    else if (this.hasAttribute("open")) this.show();
    else this.hide();
  }

  get open() {
    return this.hasAttribute("open");
  }

  set open(open) {
    this.toggleAttribute("open", Boolean(open));
  }

  // -- the frame around everything

  build() {
    const server = new URL(this.getAttribute("server") || import.meta.url, location.href).origin;
    this.api = new Api(server);
    this.session = new Session(server);
    this.announcer = new Announcer();
    this.chat = null;
    this.shift = new ShiftThrice(() => this.leave());
    this.warn = (event) => {
      if (!this.chat?.outbox.unsent.length) return;
      event.preventDefault();
      event.returnValue = "";
    };
    this.root = this.attachShadow({ mode: "open" });
    this.draw();
    addStyles(this.root, "widget.css")
      .catch(() => null)
      .then(() => (this.frame.hidden = false));
    if (!this.session.read()) this.loadAvailability();
    this.speak(this.getAttribute("lang"));
  }

  draw() {
    this.help = new HelpPanel({
      urgentUrl: this.api.url("/urgent"),
      leaveButton: this.leaveButton(),
      onClose: () => this.cover(false),
      ownPlan: (place) => this.showPlan(place),
    });
    this.reading = h("p", { class: "reading", part: "availability" }, texts.reading);
    this.notice = h("p", { class: "notice", part: "notice", role: "status" });
    this.place = h("div", { class: "place", hidden: true });
    this.talk = h("div", { class: "place", hidden: true });
    this.menu = this.drawMenu();
    this.body = h("div", { class: "body" }, this.header(), this.notice, this.talk, this.place);
    this.panel = h(
      "section",
      { class: "panel", part: "panel", "aria-label": texts.name, tabindex: -1, hidden: true },
      this.body,
      this.help.element,
    );
    this.launcher = h(
      "button",
      { type: "button", class: "primary launch", part: "launcher", onclick: () => this.launch() },
      texts.open,
    );
    this.closed = h("div", { class: "closed" }, this.launcher, this.helpButton(), this.leaveButton());
    this.frame = h(
      "div",
      { class: "frame", lang: language(), dir: direction(language()), hidden: true },
      this.closed,
      this.panel,
      this.announcer.element,
    );
    this.root.append(this.frame);
    if (this.tasted || this.session.wished) this.liked("look");
  }

  /** As somebody wishes it to look and sound: loaded where it is not as usual. */
  async liked(how) {
    this.tasted = true;
    (await import("./widget/tastes.js"))[how](this);
  }

  header() {
    return h(
      "header",
      { class: "head", part: "header" },
      h("h2", { class: "name" }, texts.name),
      h("div", { class: "tools" }, this.helpButton(), this.leaveButton()),
      this.menu,
      this.reading,
    );
  }

  helpButton() {
    return worded(
      "button",
      tongueOf("frame", "help"),
      {
        type: "button",
        class: "help-button",
        part: "help",
        onclick: (event) => this.openHelp(event.currentTarget),
      },
      texts.help,
    );
  }

  leaveButton() {
    return worded(
      "button",
      tongueOf("frame", "leave"),
      { type: "button", class: "leave", part: "leave", title: texts.leaveHint, onclick: () => this.leave() },
      texts.leave,
    );
  }

  drawMenu() {
    const item = (label, act) =>
      h("button", { type: "button", hidden: true, onclick: () => this.chosen(act) }, label);
    this.groupsItem = item(texts.groups, () => this.openRoom(null));
    this.peopleItem = item(texts.people, () => this.openPart("directory"));
    this.moduleItem = item(texts.module, () => this.openPart("module"));
    this.remindersItem = item(texts.reminders, () => this.openPart("reminders"));
    this.recordItem = item(texts.record, () => this.openPart("record"));
    this.looksItem = item(texts.looks, () => this.openPart("looks"));
    this.settingsItem = item(texts.settings, () => this.openPart("settings"));
    this.settingsItem.hidden = false;
    this.signOutItem = item(texts.signOut, () => this.signOut());
    this.closeItem = item(texts.close, () => (this.open = false));
    this.closeItem.hidden = this.hasAttribute("inline");
    const menu = h(
      "details",
      { class: "menu" },
      h("summary", {}, h("span", {}, texts.more)),
      h("div", { class: "items" }, this.groupsItem, this.peopleItem, this.moduleItem, this.recordItem, this.remindersItem, this.settingsItem, this.looksItem, this.signOutItem, this.closeItem),
    );
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.firstChild.focus();
    });
    return menu;
  }

  chosen(act) {
    this.menu.open = false;
    act();
  }

  // -- open and closed

  launch() {
    this.open = true;
    this.panel.focus();
  }

  show() {
    this.closed.hidden = true;
    this.panel.hidden = false;
    if (!this.started) this.begin();
  }

  hide() {
    const inside = this.panel.contains(this.root.activeElement);
    this.panel.hidden = true;
    this.closed.hidden = false;
    if (inside) this.launcher.focus();
  }

  async begin() {
    this.started = true;
    const linked = this.invite || this.returnCode;
    if (!linked && (await this.token())) return this.converse();
    if (this.session.read()) this.loadAvailability();
    return this.enter();
  }

  async token() {
    const given = this.getToken ? await this.getToken() : this.getAttribute("token");
    return given || this.session.read();
  }

  /** The forms to join and to come back. */
  enter(notice) {
    this.changed("notice", notice || "");
    this.setSignedIn(false);
    const context = {
      api: this.api,
      invite: this.invite,
      returnCode: this.returnCode,
      announce: (text) => this.announce(text),
      done: (token, how) => this.entered(token, how),
    };
    this.showPlace(part("entry", this.root, null, context).place);
  }

  entered(token, how) {
    this.invite = this.returnCode = null;
    this.session.forget();
    this.session.keep(token, how);
    if (this.tasted) this.liked("keep");
    this.converse();
    this.panel.focus();
  }

  converse() {
    this.setSignedIn(true);
    this.showChat();
    this.token().then((token) => this.loadAvailability(token));
    if (this.chat) this.chat.start();
    else
      this.talk.replaceChildren(
        part("chat", this.root, this.api.url(this.getAttribute("socket") || "/v1/ws").replace(/^http/, "ws"), this).place,
      );
  }

  setSignedIn(signedIn) {
    const theirs = [this.signOutItem, this.peopleItem, this.looksItem, this.moduleItem, this.recordItem, this.remindersItem];
    theirs.forEach((item) => (item.hidden = !signedIn));
    this.watchIdle(signedIn && this.session.shared);
    const rooms = this.chat?.rooms;
    this.groupsItem.hidden = !signedIn || !rooms?.list.length;
    if (!this.groupsItem.hidden) this.groupsItem.textContent = groupsNamed(rooms.unread);
  }

  /** On a device that others use too, and nowhere else. */
  watchIdle(wanted) {
    if (wanted && !this.idle)
      this.idle = import("./widget/idle.js").then(({ watchIdle }) => watchIdle(this), () => null);
    else if (!wanted && this.idle) {
      this.idle.then((stop) => stop && stop());
      this.idle = null;
    }
  }

  /** In a group the team does not read along: who does stands there. */
  showPlace(element) {
    this.reading.hidden = element === this.room;
    this.place.replaceChildren(element);
    this.place.hidden = false;
    this.talk.hidden = true;
  }

  /** From a group back to the conversation: the place that had the keyboard is gone. */
  backToChat() {
    this.showChat();
    this.chat.log.scroller.focus();
  }

  showChat() {
    this.room = null;
    this.reading.hidden = false;
    this.place.replaceChildren();
    this.place.hidden = true;
    this.talk.hidden = false;
    if (this.chat) this.chat.log.follow();
  }

  async signOut() {
    const token = await this.token();
    this.forget();
    this.startAfresh();
    this.enter(texts["state_signed-out"]);
    this.panel.focus();
    if (token) this.api.post("/v1/sign-out", {}, token).catch(() => null);
  }

  /** Of whoever was signed in, on this device. */
  forget() {
    this.session.forget();
    if (this.tasted) this.liked("forget");
  }

  startAfresh() {
    this.unpin();
    if (this.aloud) this.aloud.forget();
    if (this.chat) this.chat.forget();
    this.chat = this.plan = null;
    this.talk.replaceChildren();
    this.announcer.clear();
  }

  // -- always there

  openHelp(opener) {
    this.panel.hidden = false;
    this.closed.hidden = true;
    this.cover(true);
    this.help.open(opener);
  }

  /** Of whoever is signed in, under the numbers: they stand there already, whatever becomes of it. */
  async showPlan(place) {
    const token = await this.token();
    if (!token || this.help.element.hidden) return;
    const open = () => {
      this.help.close();
      this.choose("menu:plan", texts.ownPlan);
    };
    const act = {
      api: this.api,
      token,
      keep: (plan) => (this.plan = plan),
      lines: () => this.help.shown,
      open: this.chat && this.open && open,
    };
    place.replaceChildren(part("plan", this.root, this.plan, act).place);
  }

  /** What lies under the help panel is out of reach while it is open. */
  cover(covered) {
    this.body.classList.toggle("covered", covered);
    if (covered || this.open) return;
    this.panel.hidden = true;
    this.closed.hidden = false;
  }

  leave() {
    removeEventListener("beforeunload", this.warn);
    this.frame.hidden = true;
    if (this.aloud) this.aloud.hush();
    this.session.drop("module");
    document.title = "";
    location.replace(this.getAttribute("leave-url") || LEAVE_TO);
  }

  /** Before signing in, of the only service there is; afterwards, of one's own. Once a load, not both. */
  async loadAvailability(token) {
    try {
      const { reading, reading_lang: spoken, urgent, lang } = await this.api.get("/v1/availability", token);
      if (lang && token) this.speak(lang);
      if (reading) {
        this.reading.textContent = reading;
        if (spoken) this.reading.lang = spoken;
      }
      if (urgent) this.help.lines = urgent.lines;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (token) await this.loadAvailability();
    }
  }

  /** In the patient's own language, where the service has one: what is drawn is drawn anew. English where it cannot. */
  async speak(lang) {
    const wanted = (lang || "en").split("-")[0].toLowerCase();
    if (wanted === (this.wanted || language())) return;
    this.wanted = wanted;
    try {
      const told = wanted === "en" ? { lang: "en", texts: {} } : await this.api.get(`/v1/texts/${wanted}`);
      if (this.wanted === wanted && told.lang !== language()) this.redraw(told);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
    }
    if (this.wanted === wanted) this.wanted = null;
  }

  /** Not while somebody is in the middle of something: then it comes the next time. */
  redraw({ lang, texts: told }) {
    if (!this.help.element.hidden || this.chat?.outbox.unsent.length || this.chat?.composer.box.value) return;
    speak(lang, told);
    this.startAfresh();
    const { hidden } = this.frame;
    this.frame.remove();
    this.draw();
    this.frame.hidden = hidden;
    if (this.open) this.show();
    if (this.started) this.begin();
    else this.loadAvailability();
    this.emit("bounceback:language", { lang });
  }

  // -- what the chat asks of its host

  async hello() {
    const token = await this.token();
    if (!token) throw new Refusal("signed_out", null, 401);
    if (new URL(this.api.server).origin === location.origin) return { token };
    return this.api.post("/v1/ticket", {}, token);
  }

  announce(text, lang) {
    this.announcer.say(text, lang);
  }

  part(name, data, act) {
    return part(name, this.root, data, { ...act, api: this.api });
  }

  openRoom(id) {
    const { rooms } = this.chat;
    const room = id || rooms.list.length === 1 ? rooms.room(id || rooms.list[0].id) : null;
    const { place } = this.part("group", room, {
      chat: this.chat,
      back: () => this.backToChat(),
      openRoom: (other) => this.openRoom(other),
    });
    this.room = place;
    this.showPlace(place);
    if (room && rooms.lacks(room)) this.chat.connection.restart();
  }

  /** A page of its own over the conversation; from it one goes back to where one was. */
  openPart(name) {
    const before = this.chat ? null : this.place.firstChild;
    this.room = null;
    const act = {
      session: this.session,
      token: () => this.token(),
      changed: () => this.liked("look"),
      choose: this.chat && ((key, label) => this.choose(key, label)),
      send: this.chat && ((frame, label) => this.send(frame, label)),
      openRoom: (id) => this.openRoom(id),
      back: () => (before ? this.showPlace(before) : this.backToChat()),
    };
    this.showPlace(this.part(name, null, act).place);
  }

  choose(key, label) {
    this.send({ type: "say", choice: `0.${key}` }, label);
  }

  send(frame, label) {
    this.backToChat();
    this.chat.send(frame, label);
  }

  /** On a device that somebody is remembered on, the module they are in can be read without a connection. */
  async keepReady() {
    if (this.session.remembered)
      (await import("./widget/module.js")).keepReady(this.api, this.session, await this.token());
  }

  changed(what, detail) {
    if (what === "reading") this.reading.textContent = detail;
    else if (what === "notice") this.notice.textContent = detail;
    else if (what === "state") this.stateChanged(detail);
    else if (what === "advice") this.pin(detail);
    else if (what === "message") this.emit("bounceback:message", detail);
    else if (what === "room") this.setSignedIn(true);
    const event = new CustomEvent(`chat:${what}`, { detail, cancelable: true });
    const shown = this.room ? !this.room.dispatchEvent(event) : false;
    if (what === "urgent" && this.room && !shown) this.backToChat();
    return shown;
  }

  /** The red flags of the module that was begun last. */
  pin(advice) {
    this.unpin();
    this.pinned = part("red-flags", this.root, advice).place;
    this.reading.after(this.pinned);
    this.keepReady();
  }

  unpin() {
    if (this.pinned) this.pinned.remove();
    this.pinned = null;
  }

  stateChanged(state) {
    this.frame.dataset.state = state;
    const said = texts[`state_${state}`];
    if (this.notice.textContent !== said) this.notice.textContent = said;
    if (state === "online") this.keepReady();
    if (state === "signed-out") {
      this.forget();
      this.startAfresh();
      this.enter(said);
    }
    this.emit("bounceback:state", { state });
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

function groupsNamed(count) {
  if (!count) return texts.groups;
  return count === 1 ? texts.groupsNewOne : filled(texts.groupsNew, { count });
}

if (!customElements.get("bounceback-chat")) customElements.define("bounceback-chat", BouncebackChat);
