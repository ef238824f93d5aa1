import { h } from "./dom.js";
import { addStyles } from "./styles.js";
import { texts } from "./texts.js";

/** What is loaded only when it is needed. Each module's `build(data, context)` gives an element. */
const MODULES = {
  chat: () => import("./chat.js"),
  exercise: () => import("./exercise.js"),
  charts: () => import("./charts.js"),
  picture: () => import("./picture.js"),
  entry: () => import("./entry.js"),
  group: () => import("./group.js"),
  plan: () => import("./plan.js"),
  looks: () => import("./looks.js"),
  settings: () => import("./settings.js"),
  module: () => import("./module.js"),
  "red-flags": () => import("./advice.js"),
  reminders: () => import("./reminders.js"),
  record: () => import("./record.js"),
  directory: () => import("./directory.js"),
};

const SHEETS = ["chat.css", "parts.css"];

/**
 * A place that fills itself with a part, or says that it could not and offers to try again.
 * `filled(before)`: `before()` is called just before the part appears; what it returns, just after.
 */
export function part(name, root, data, context) {
  const place = h("div", { class: `part ${name}` });
  let before = () => null;
  const load = async () => {
    let element;
    try {
      const [module] = await Promise.all([MODULES[name](), ...SHEETS.map((sheet) => addStyles(root, sheet))]);
      if (!place.isConnected) return; // what it was for is gone
      element = module.build(data, context);
    } catch (missing) {
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
