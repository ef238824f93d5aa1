import { h } from "./dom.js";
import { addStyles } from "./styles.js";
import { texts } from "./texts.js";

/** What is loaded only when it is needed. Each module's `build(data, context)` gives an element. */
const MODULES = {
  chat: "./chat.js",
  exercise: "./exercise.js",
  charts: "./charts.js",
  picture: "./picture.js",
  entry: "./entry.js",
  group: "./group.js",
  plan: "./plan.js",
  looks: "./looks.js",
  settings: "./settings.js",
  module: "./module.js",
  "red-flags": "./advice.js",
  reminders: "./reminders.js",
  record: "./record.js",
  directory: "./directory.js",
};

const SHEETS = ["chat.css", "parts.css"];

/**
 * A place that fills itself with a part, or says that it could not and offers to try again.
 * `filled(before)`: `before()` is called just before the part appears; what it returns, just after.
 */
export function part(name, root, data, context) {
  const place = h("div", { class: `part ${name}` });
  let before = () => null;
  let tried = 0;
  const load = async () => {
    let element;
    try {
      const [module] = await Promise.all([imported(MODULES[name], tried), ...SHEETS.map((sheet) => addStyles(root, sheet))]);
      if (!place.isConnected) return; // what it was for is gone
      element = module.build(data, context);
    } catch (missing) {
      tried += 1;
      element = h(
        "div",
        { class: "missing" },
        h("p", {}, texts.partMissing),
        h("button", { type: "button", onclick: load }, texts.tryAgain),
      );
    }
    const after = before();
    place.replaceChildren(element);
    if (after) after();
  };
  load();
  return { place, filled: (call) => (before = call) };
}

/** Of a file that did not come some browsers ask for nothing more by the same address. */
function imported(file, tried) {
  return import(tried ? `${file}?again=${tried}` : file);
}
