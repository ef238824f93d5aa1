import { Refusal } from "./api.js";
import { texts as chatTexts } from "./chat-texts.js";
import { freshId, h, worded } from "./dom.js";
import { filled, textsOf } from "./language.js";

const texts = textsOf("groups", {
  title: "People like me",
  about: "These are groups of people who live with something like you do. Looking is all that you do here. Nobody in a group can see that you look.",
  loading: "Looking …",
  missing: "The groups cannot be shown right now.",
  again: "Try again",
  change: "Change this in my chat",
  ask: "Talk to others like me",
  common: "What would you like to have in common with them?",
  theme: "What you would like to talk about",
  stage: "Where you are with it",
  kind: "How it goes on",
  everything: "All of them",
  found: "{count} groups",
  foundOne: "1 group",
  lookOf: "Look at “{title}”",
  openOf: "Open “{title}”",
  calendar: "Put it in my calendar",
  calendarAbout: "The file holds only the time, with the title “Time for me”. It has no name of a group in it.",
  calendarDone: "The calendar file is ready. Open it to put the time in your calendar.",
  asked: "You have asked to join.",
  waiting: "You are on the list. I will tell you in the chat when there is a place.",
  member: "You are in this group.",
  resting: "You are in this group and take a break.",
  barred: "A host has paused you in groups for now.",
  rules: "House rules of “{title}”",
});

const WISHES = ["theme", "stage", "kind"];

/** Fetched each time it is opened, and kept nowhere. `act`: `api`, `token()`, `send(frame, label)`, `openRoom(id)`, `back()`. */
export function build(_, act) {
  const heading = h("h2", { tabindex: -1 }, texts.title);
  const directory = new Directory(act);
  directory.look();
  setTimeout(() => heading.focus());
  return h(
    "section",
    { class: "directory", part: "directory", "aria-label": texts.title },
    h("button", { type: "button", class: "link", onclick: act.back }, chatTexts.backToChat),
    heading,
    h("p", {}, texts.about),
    directory.filters,
    directory.says,
    directory.body,
  );
}

class Directory {
  constructor(act) {
    this.act = act;
    this.wish = { theme: "", stage: "", kind: "" };
    this.filters = h("details", { class: "filters", hidden: true }, h("summary", {}, texts.common));
    this.says = h("p", { role: "status", class: "says" });
    this.body = h("div", {});
    this.looks = 0;
  }

  /** Only the newest look is drawn: the answer to an older one may come after it. */
  async look() {
    const mine = ++this.looks;
    this.says.textContent = texts.loading;
    const query = WISHES.filter((name) => this.wish[name]).map((name) => `${name}=${encodeURIComponent(this.wish[name])}`);
    try {
      const found = await this.act.api.get(`/v1/groups?${query.join("&")}`, await this.act.token());
      if (mine === this.looks) this.show(found);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (mine !== this.looks) return;
      this.says.textContent = refusal.text || texts.missing;
      this.body.replaceChildren(button(texts.again, () => this.look()));
    }
  }

  show(found) {
    const { groups, lang, note, refused } = found;
    if (this.filters.hidden) this.offer(WISHES.map((name) => this.filter(name, found)).filter(Boolean));
    this.says.textContent = note ? "" : groups.length === 1 ? texts.foundOne : filled(texts.found, { count: groups.length });
    this.body.replaceChildren(
      ...[
        note && worded("p", lang, { role: "status" }, note),
        refused && this.act.send && button(texts.change, () => this.act.send({ type: "look_at" }, texts.ask)),
        groups.length > 0 && h("ul", { class: "cards" }, groups.map((group) => this.card(group, lang))),
      ].filter(Boolean),
    );
  }

  offer(filters) {
    this.filters.append(...filters);
    this.filters.hidden = !filters.length;
  }

  /** The buttons stay where they are, so that the one that was pressed keeps the keyboard. */
  filter(name, found) {
    const choices = found[`${name}s`];
    if (!choices.length) return null;
    const title = freshId(name);
    const buttons = [{ id: "", name: texts.everything }, ...choices].map((choice) => {
      const press = () => {
        this.wish[name] = choice.id;
        buttons.forEach((one) => one.setAttribute("aria-pressed", one === pressed));
        this.look();
      };
      const pressed = h("button", { type: "button", "aria-pressed": String(choice.id === this.wish[name]), onclick: press }, choice.name);
      return pressed;
    });
    return h(
      "div",
      { role: "group", "aria-labelledby": title },
      h("h3", { id: title }, texts[name]),
      h("div", { class: "row" }, buttons),
    );
  }

  card(group, lang) {
    const { title, summary, standing, room, rules = [] } = group;
    const kind = group.kind !== "open" && group.kind_name; // that it is there every day its rhythm says
    const facts = [kind, group.rhythm, group.next, group.hours, group.foreign].filter(Boolean);
    const looks = standing === "none" && this.act.send;
    return h(
      "li",
      { class: "card" },
      worded("h3", group.lang, {}, title),
      worded("p", group.lang, {}, summary),
      worded("p", lang, {}, group.why),
      worded("ul", lang, { class: "facts" }, facts.map((fact) => h("li", {}, fact))),
      rules.length > 0 &&
        h(
          "details",
          { class: "rules" },
          h("summary", {}, filled(texts.rules, { title })),
          worded("ul", group.lang, {}, rules.map((rule) => h("li", {}, rule))),
        ),
      standing !== "none" && h("p", { class: "standing" }, texts[standing]),
      looks && button(filled(texts.lookOf, { title }), () => this.act.send({ type: "look_at", group: group.id }, title), "primary"),
      room && button(filled(texts.openOf, { title }), () => this.act.openRoom(room), "primary"),
      room && group.opens_at && this.calendar(room),
    );
  }

  calendar(room) {
    const says = h("p", { role: "status", class: "hint" });
    const download = async () => {
      try {
        const text = await this.act.api.text(`/v1/groups/${room}/calendar.ics`, await this.act.token());
        const href = URL.createObjectURL(new Blob([text], { type: "text/calendar" }));
        h("a", { href, download: "time-for-me.ics" }).click();
        says.textContent = texts.calendarDone;
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        says.textContent = refusal.text || texts.missing;
      }
    };
    return h("div", { class: "calendar" }, button(texts.calendar, download), h("p", { class: "hint" }, texts.calendarAbout), says);
  }
}

function button(label, onclick, kind) {
  return h("button", { type: "button", class: kind, onclick }, label);
}
