import { voicesCome, voicesFor } from "./aloud.js";
import { freshId, h } from "./dom.js";
import { filled, language, textsOf } from "./language.js";
import { remember, wishes } from "./wishes.js";
import { texts as chatTexts } from "./chat-texts.js";

const texts = textsOf("settings", {
  title: "How this looks and sounds",
  size: "Size of letters",
  size0: "Usual",
  size1: "Larger",
  size2: "Very large",
  size3: "Twice as large",
  easier: "Easier to read",
  space: "More space between lines and words",
  calm: "No movement",
  words: "Words",
  simple: "Use simple words",
  usual: "Use the usual words",
  wordsHint: "I ask in the chat, and it counts from the next page on.",
  sound: "Reading aloud",
  play: "A button under each message that reads it aloud",
  aloud: "Read new messages aloud by themselves",
  soundHint: "Only voices of this phone or computer are used. What you read here is never sent to a voice on the internet.",
  noVoice: "This phone or computer has no voice of its own in {language}, so I cannot read aloud here.",
  data: "Less data",
  light: "Load pictures and films only when I ask for them",
  kept: "This is remembered on this device.",
  notKept: "This lasts until you close the page. It is remembered only where you chose “Remember me on this device”.",
});

/** Steps and switches that work at once. `act`: `session`, `changed()`, `choose(key)` where there is a chat, `back()`. */
export function build(_, act) {
  const heading = h("h2", { tabindex: -1 }, texts.title);
  const changed = () => {
    remember(act.session);
    act.changed();
  };
  const view = h(
    "section",
    { class: "form settings", "aria-label": texts.title },
    h("button", { type: "button", class: "link", onclick: act.back }, chatTexts.backToChat),
    heading,
    sizes(changed),
    h("fieldset", {}, h("legend", {}, texts.easier), turn("space", changed), turn("calm", changed)),
    act.choose && words(act.choose),
    sound(changed),
    h("fieldset", {}, h("legend", {}, texts.data), turn("light", changed)),
    h("p", { class: "hint" }, act.session.remembered ? texts.kept : texts.notKept),
  );
  setTimeout(() => heading.focus());
  return view;
}

function sizes(changed) {
  const name = freshId("size");
  const option = (step) => {
    const input = h("input", { type: "radio", id: freshId("size"), name, value: step });
    input.checked = wishes.size === step;
    input.onchange = () => {
      wishes.size = step;
      changed();
    };
    return h("div", { class: "option" }, input, h("label", { for: input.id }, texts[`size${step}`]));
  };
  return h("fieldset", {}, h("legend", {}, texts.size), [0, 1, 2, 3].map(option));
}

function turn(name, changed) {
  const input = h("input", { type: "checkbox", id: freshId(name) });
  input.checked = Boolean(wishes[name]);
  input.onchange = () => {
    wishes[name] = input.checked ? 1 : 0;
    changed();
  };
  return h("div", { class: "option" }, input, h("label", { for: input.id }, texts[name]));
}

function words(choose) {
  const button = (key, label) => h("button", { type: "button", onclick: () => choose(key, label) }, label);
  return h(
    "fieldset",
    {},
    h("legend", {}, texts.words),
    h("p", { class: "hint" }, texts.wordsHint),
    h("div", { class: "tools" }, button("menu:easy", texts.simple), button("menu:usual", texts.usual)),
  );
}

/** Voices may come a moment later: what is said of them is said again then. */
function sound(changed) {
  const switches = h("div", { class: "switches" }, turn("play", changed), turn("aloud", changed));
  const note = h("p", { class: "hint", role: "status" });
  const group = h("fieldset", {}, h("legend", {}, texts.sound), switches, note);
  const stop = voicesCome(() => {
    if (group.parentNode && !group.isConnected) return stop();
    const some = voicesFor(language()).length > 0;
    const named = nameOf(language());
    switches.hidden = !some;
    note.textContent = some ? texts.soundHint : filled(texts.noVoice, { language: named });
  });
  return group;
}

function nameOf(lang) {
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(lang);
  } catch (tooOld) {
    return lang; // Safari before 14.1
  }
}
