import { h, worded } from "./dom.js";
import { tongueOf } from "./language.js";
import { marked } from "./marks.js";
import { texts } from "./texts.js";

/** The red flags of the module that was begun last stay within reach, folded so that they cover nothing. */
export function build({ text, lang }) {
  const words = text.split("\n\n").map((line) => h("p", {}, marked(line)));
  return h(
    "details",
    { class: "advice" },
    worded("summary", tongueOf("frame", "advice"), {}, texts.advice),
    worded("div", lang, { class: "advice-words", role: "region", "aria-label": texts.advice, tabindex: 0 }, ...words),
  );
}
