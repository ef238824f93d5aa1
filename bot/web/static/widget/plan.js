import { Refusal } from "./api.js";
import { freshId, h, worded } from "./dom.js";
import { direction, textsOf } from "./language.js";

const texts = textsOf("plan", {
  title: "My safety plan",
  loading: "Looking for your safety plan …",
  none: "You have not made a safety plan yet. It is a list in your own words for hard moments.",
  missing: "Your safety plan cannot be shown right now. The numbers above work all the same.",
  older: "You are offline. This is your plan as it was when you last looked here.",
  again: "Try again",
  make: "Make my safety plan",
  change: "Change my safety plan",
  print: "Print my safety plan",
  printThis: "Print this plan",
});

/**
 * The patient's own safety plan inside "Get help now": fetched each time it is opened, kept in memory at most.
 * `kept`: what was fetched before in this page. `act`: `api`, `token`, `keep(plan)`, `lines()`, and `open()` to write or
 * change it in the chat, where there is one.
 */
export function build(kept, act) {
  const title = freshId("plan");
  const body = h("div", { role: "status" });
  const view = h(
    "section",
    { class: "own-plan", "aria-labelledby": title },
    h("h3", { id: title }, texts.title),
    body,
  );
  const look = async () => {
    body.replaceChildren(h("p", {}, texts.loading));
    try {
      const plan = await act.api.get("/v1/plan", act.token);
      act.keep(plan);
      show(plan);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (kept?.parts.length && refusal.code === "unreachable") show(kept, texts.older);
      else body.replaceChildren(h("p", {}, texts.missing), button(texts.again, look));
    }
  };
  const show = (plan, note) => {
    const some = plan.parts.length > 0;
    body.replaceChildren(
      ...[
        note && h("p", {}, note),
        some ? listOf(plan, document) : h("p", {}, texts.none),
        h(
          "div",
          { class: "tools" },
          act.open && button(some ? texts.change : texts.make, act.open),
          some && button(texts.print, () => print(texts.title, plan, act.lines())),
        ),
        ...(plan.further || []).map((other) => furtherOf(plan.lang, other, act)),
      ].filter(Boolean),
    );
  };
  look();
  return view;
}

function button(label, onclick) {
  return h("button", { type: "button", onclick }, label);
}

/** Their own words are text, in whatever direction they are written. */
function listOf({ parts, lang }) {
  return h(
    "dl",
    {},
    parts.map(({ title, text }) => [
      worded("dt", lang, {}, title),
      h("dd", { dir: "auto" }, text),
    ]).flat(),
  );
}

/** A plan for a flare-up, or for staying well: folded, with what stands on it whatever they wrote, such as when to call 999. */
function furtherOf(lang, { title, parts, calls = [], calls_lang: spoken = lang }, act) {
  const plan = { lang, parts };
  const said = calls.map((text) => worded("p", spoken, {}, text));
  return h(
    "details",
    {},
    worded("summary", lang, {}, title),
    ...said,
    listOf(plan),
    button(texts.printThis, () => print(title, plan, act.lines(), calls)),
  );
}

/** On a page of its own, so that nothing else of the site is printed with it. */
function print(title, plan, lines, calls = []) {
  const frame = h("iframe", { title, "aria-hidden": "true", tabindex: -1, width: 0, height: 0 });
  frame.style.border = "0";
  document.body.append(frame);
  const page = frame.contentDocument;
  page.documentElement.lang = plan.lang;
  page.documentElement.dir = direction(plan.lang);
  page.title = title;
  const items = lines.map(({ text, number }) => h("li", {}, [text, !text.includes(number) && number].filter(Boolean).join(" ")));
  const said = calls.map((text) => h("p", {}, text));
  page.body.append(h("h1", {}, title), ...said, listOf(plan), h("ul", {}, ...items));
  frame.contentWindow.addEventListener("afterprint", () => frame.remove());
  frame.contentWindow.print();
}
