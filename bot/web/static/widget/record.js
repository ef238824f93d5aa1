import { Refusal } from "./api.js";
import { build as curves } from "./charts.js";
import { texts as chatTexts } from "./chat-texts.js";
import { h, worded } from "./dom.js";
import { textsOf } from "./language.js";
import { texts as frame } from "./texts.js";

const texts = textsOf("record", {
  title: "My record",
  team: "What my team sees",
  html: "Download it to read",
  fhir: "Download it for a health service (FHIR)",
  more: "To say that something is wrong, or to have it erased, choose My record in the chat.",
});

/** Like looks.js: kept nowhere. */
export function build(_, act) {
  const body = h("div", { role: "status" });
  const heading = h("h2", { tabindex: -1 }, texts.title);
  const copy = async (form) => {
    const { name, type, text } = await act.api.post("/v1/export", { form }, await act.token());
    h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name }).click();
  };
  const look = async () => {
    const { lang, charts, team, erasing } = await act.api.get("/v1/record", await act.token());
    body.replaceChildren(
      worded("p", lang, {}, erasing),
      curves(charts, { lang }),
      h("h3", {}, texts.team),
      worded("ul", lang, {}, team.map((line) => h("li", {}, line))),
      ...["html", "fhir"].map((form) =>
        h("button", { type: "button", onclick: () => tried(copy(form)) }, texts[form]),
      ),
      texts.more,
    );
  };
  const tried = (doing) =>
    doing.catch((refusal) => {
      if (!(refusal instanceof Refusal)) throw refusal;
      body.append(h("p", {}, refusal.text || frame.partMissing));
    });
  tried(look());
  setTimeout(() => heading.focus());
  return h(
    "div",
    { class: "looks", part: "record" },
    h("button", { type: "button", class: "link", onclick: act.back }, chatTexts.backToChat),
    heading,
    body,
  );
}
