import { h } from "./dom.js";
import { filled, textsOf } from "./language.js";
import { wishes } from "./wishes.js";

const texts = textsOf("picture", {
  load: "Load the picture",
  loadSized: "Load the picture ({size} KB)",
  loadFilm: "Load the film",
  loadFilmSized: "Load the film ({size} KB)",
  captions: "Captions",
  transcript: "Read what is said",
});

const SOUND = /\.(mp3|ogg|m4a|wav)$/i;
const FILM = /\.(mp4|webm)$/i;

/** A picture, a recording or a film, from our own server only, always with words beside it. */
export function build(picture, { api }) {
  const src = here(picture.source, api);
  if (!src) return h("p", {}, picture.description);
  return wishes.light ? asked(picture, src, api) : shown(picture, src, api);
}

/** To save data: its description, and a button that says how much it is. */
function asked(picture, src, api) {
  const moving = SOUND.test(src) || FILM.test(src) ? "loadFilm" : "load";
  const button = h("button", { type: "button" }, texts[moving]);
  const place = h("figure", {}, h("figcaption", {}, picture.description), button);
  button.onclick = () => {
    const whole = shown(picture, src, api);
    place.replaceWith(whole);
    whole.tabIndex = -1;
    whole.focus();
  };
  fetch(src, { method: "HEAD", credentials: "omit" })
    .then(({ headers }) => {
      const size = Math.ceil(Number(headers.get("Content-Length")) / 1024);
      if (size) button.textContent = filled(texts[`${moving}Sized`], { size });
    })
    .catch(() => null);
  return place;
}

function shown({ description, captions }, src, api) {
  if (SOUND.test(src)) return recording("audio", src, description);
  if (FILM.test(src)) return recording("video", src, description, captions && here(captions, api));
  return h("img", { src, alt: description, loading: "lazy" });
}

function recording(tag, src, description, captions) {
  const track = captions && h("track", { kind: "captions", src: captions, default: true, label: texts.captions });
  return h(
    "figure",
    {},
    h(
      tag,
      { src, controls: true, preload: "none", "aria-label": description, crossorigin: "anonymous" },
      track,
    ),
    h("figcaption", {}, description),
    captions && transcript(captions),
  );
}

/** The same words to read at one's own pace, fetched when they are asked for. */
function transcript(captions) {
  const words = h("div", { role: "status" });
  const read = async () => {
    const response = await fetch(captions, { credentials: "omit" });
    const cues = (await response.text()).split(/\r?\n\r?\n/).filter((cue) => cue.includes("-->"));
    const said = cues.map((cue) => cue.split(/\r?\n/).filter((line, at, all) => at > all.findIndex((l) => l.includes("-->"))).join(" "));
    words.replaceChildren(...said.map((line) => h("p", {}, line.replace(/<[^>]*>/g, ""))));
  };
  const more = h("details", {}, h("summary", {}, texts.transcript), words);
  more.addEventListener("toggle", () => more.open && !words.firstChild && read().catch(() => null));
  return more;
}

function here(path, api) {
  const url = new URL(path, api.server);
  return url.origin === api.server ? url.href : null;
}
