import { Refusal } from "./api.js";
import { h, worded } from "./dom.js";
import { textsOf } from "./language.js";
import { texts as chatTexts } from "./chat-texts.js";

const texts = textsOf("looks", {
  title: "Who looked at my record",
  about: "Your care team can read what you write here. Each time somebody opens your record, it is noted. Lists that hold many names are not shown here.",
  loading: "Looking …",
  none: "Nobody has opened your record yet.",
  missing: "This cannot be shown right now.",
  again: "Try again",
});

/** Fetched each time it is opened, and kept nowhere. `act`: `api`, `token()`, `back()`. */
export function build(_, act) {
  const body = h("div", { role: "status" });
  const heading = h("h2", { tabindex: -1 }, texts.title);
  const view = h(
    "section",
    { class: "looks", part: "looks", "aria-label": texts.title },
    h("button", { type: "button", class: "link", onclick: act.back }, chatTexts.backToChat),
    heading,
    h("p", {}, texts.about),
    body,
  );
  const look = async () => {
    body.replaceChildren(h("p", {}, texts.loading));
    try {
      const { days, lang } = await act.api.get("/v1/looks", await act.token());
      body.replaceChildren(...(days.length ? days.map((day) => listOf(day, lang)) : [h("p", {}, texts.none)]));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      body.replaceChildren(
        h("p", {}, texts.missing),
        h("button", { type: "button", onclick: look }, texts.again),
      );
    }
  };
  look();
  setTimeout(() => heading.focus());
  return view;
}

function listOf({ day, lines }, lang) {
  return worded("div", lang, {}, h("h3", {}, day), h("ul", {}, lines.map((line) => h("li", {}, line))));
}
