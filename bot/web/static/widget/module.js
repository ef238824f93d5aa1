import { Refusal } from "./api.js";
import { h, worded } from "./dom.js";
import { Kept } from "./kept.js";
import { textsOf } from "./language.js";
import { marked } from "./marks.js";
import { texts as chatTexts } from "./chat-texts.js";

const texts = textsOf("module", {
  title: "The module I am reading",
  loading: "Looking …",
  none: "You are not reading a module right now.",
  missing: "This cannot be shown right now.",
  again: "Try again",
  offline: "You are offline. This is the module as it was when you last read here. If you need help, use Get help now.",
  kept: "You can read this here without a connection, because you chose to be remembered on this device.",
  partial: "What depends on your answers is in the chat.",
});

/** Where somebody is remembered on this device, the module they are in lies ready for when there is no connection. */
export async function keepReady(api, session, token) {
  if (!session.remembered) return;
  try {
    await store(session, await api.get("/v1/module", token));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
  }
}

async function store(session, { page }) {
  if (!session.remembered) return;
  const kept = new Kept(session, "module");
  if (page) await kept.put("page", page);
  else await kept.drop("page");
}

/** The page of a module, from the service or, without a connection, from this device. `act`: `api`, `session`, `token()`, `back()`. */
export function build(_, act) {
  const body = h("div", { role: "status" });
  const heading = h("h2", { tabindex: -1 }, texts.title);
  const view = h(
    "section",
    { class: "looks reading-page", "aria-label": texts.title },
    h("button", { type: "button", class: "link", onclick: act.back }, chatTexts.backToChat),
    heading,
    body,
  );
  const look = async () => {
    body.replaceChildren(h("p", {}, texts.loading));
    try {
      const told = await act.api.get("/v1/module", await act.token());
      await store(act.session, told);
      body.replaceChildren(...(told.page ? pageOf(told.page) : [h("p", {}, texts.none)]));
      if (told.page && act.session.remembered) body.append(h("p", { class: "hint" }, texts.kept));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      const page = act.session.remembered && (await keptPage(act.session));
      if (page) body.replaceChildren(h("p", {}, texts.offline), ...pageOf(page));
      else body.replaceChildren(h("p", {}, texts.missing), h("button", { type: "button", onclick: look }, texts.again));
    }
  };
  look();
  setTimeout(() => heading.focus());
  return view;
}

async function keptPage(session) {
  const [first] = await new Kept(session, "module").all();
  return first && first[1];
}

function pageOf({ title, lang, urgent, sections }) {
  return [
    worded("h3", lang, {}, title),
    urgent && worded("div", urgent.lang || lang, { class: "urgent" }, ...paragraphs(urgent)),
    ...sections.map((section) =>
      worded("div", lang, {}, h("h4", {}, section.title), ...section.lines.map((line) => lineOf(line, lang))),
    ),
    h("p", { class: "hint" }, texts.partial),
  ].filter(Boolean);
}

function paragraphs({ text }) {
  return text.split("\n\n").map((words) => h("p", {}, marked(words)));
}

function lineOf({ text, lang }, own) {
  return worded("p", lang || own, { class: "words" }, marked(text));
}
