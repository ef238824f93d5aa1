import { h } from "./dom.js";

const SOUND = /\.(mp3|ogg|m4a|wav)$/i;
const FILM = /\.(mp4|webm)$/i;

/** A picture, a recording or a film, from our own server only, always with words beside it. */
export function build({ source, description, captions }, { api }) {
  const src = here(source, api);
  if (!src) return h("p", {}, description);
  if (SOUND.test(src)) return recording("audio", src, description);
  if (FILM.test(src)) return recording("video", src, description, captions && here(captions, api));
  return h("img", { src, alt: description, loading: "lazy" });
}

function recording(tag, src, description, captions) {
  const track = captions && h("track", { kind: "captions", src: captions, default: true });
  return h(
    "figure",
    {},
    h(
      tag,
      { src, controls: true, preload: "none", "aria-label": description, crossorigin: "anonymous" },
      track,
    ),
    h("figcaption", {}, description),
  );
}

function here(path, api) {
  const url = new URL(path, api.server);
  return url.origin === api.server ? url.href : null;
}
