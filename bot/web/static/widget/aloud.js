import { h } from "./dom.js";
import { textsOf } from "./language.js";
import { plain } from "./marks.js";
import { wishes } from "./wishes.js";

const texts = textsOf("aloud", {
  play: "Read aloud",
  stop: "Stop reading",
});

/** Voices of this device in a language. One that works over the internet would hear what is said here: it is never asked. */
export function voicesFor(lang) {
  const wanted = lang.split("-")[0];
  const spoken = "speechSynthesis" in window ? speechSynthesis.getVoices() : [];
  return spoken.filter((voice) => voice.localService === true && voice.lang.split(/[-_]/)[0] === wanted);
}

/** Calls `act` now, and again whenever the browser has found more voices. */
export function voicesCome(act) {
  act();
  if (!("speechSynthesis" in window) || !speechSynthesis.addEventListener) return () => null;
  speechSynthesis.addEventListener("voiceschanged", act);
  return () => speechSynthesis.removeEventListener("voiceschanged", act);
}

/** Reads messages aloud: one that is asked for, or those that come. `elements`: all that are on the screen. */
export class Aloud {
  constructor() {
    this.reading = null;
    this.offered = [];
    this.known = new Set();
    voicesCome(() => this.draw());
  }

  /** Once a message, also for those that came before anybody wished for it. */
  offer(element, msg) {
    if (this.known.has(element) || msg.from === "patient") return;
    this.known.add(element);
    const button = h("button", { type: "button", class: "link aloud", onclick: () => this.press(one) }, texts.play);
    const one = { msg, button };
    this.offered.push(one);
    element.append(button);
    this.draw();
  }

  draw() {
    for (const { msg, button } of this.offered) button.hidden = !wishes.play || !voicesFor(msg.lang || "en").length;
  }

  /** A new message, while somebody wishes to hear them: after what is being read. */
  heard(element, msg) {
    this.offer(element, msg);
    if (!wishes.aloud) return;
    const one = this.offered.find(({ msg: other }) => other === msg);
    if (one) this.read(one);
  }

  press(one) {
    const stops = this.reading === one;
    this.hush();
    if (!stops) this.read(one);
  }

  read(one) {
    const pieces = piecesOf(one.msg)
      .map(({ text, lang }) => ({ text, voice: bestOf(voicesFor(lang)) }))
      .filter(({ voice }) => voice);
    pieces.forEach(({ text, voice }, at) => {
      const said = new SpeechSynthesisUtterance(text);
      said.voice = voice;
      said.lang = voice.lang;
      if (at === 0) said.onstart = () => this.begins(one);
      if (at === pieces.length - 1) said.onend = () => this.ends(one);
      speechSynthesis.speak(said);
    });
  }

  begins(one) {
    if (this.reading) this.ends(this.reading);
    this.reading = one;
    one.button.textContent = texts.stop;
  }

  ends(one) {
    one.button.textContent = texts.play;
    if (this.reading === one) this.reading = null;
  }

  hush() {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
    if (this.reading) this.ends(this.reading);
  }

  forget() {
    this.hush();
    this.offered = [];
    this.known.clear();
  }
}

function bestOf(voices) {
  return voices.find((voice) => voice.default) || voices[0];
}

/** Each piece in the language it is written in: where to turn may stand in English under a message that does not. */
function piecesOf(msg) {
  const lang = msg.lang || "en";
  const of = (text, own) => ({ text: plain(text || ""), lang: own || lang });
  const { question } = msg;
  return [
    question && msg.text === question.text ? null : of(msg.text),
    ...(msg.urgent ? msg.urgent.lines : []).map((line) => of(`${line.text} ${line.number || ""}`, line.lang || "en")),
    question && of([question.stem, question.text].filter(Boolean).join(". ")),
    ...(question ? question.options || [] : []).map(({ label }) => of(label)),
    ...(question ? [] : msg.choices || []).map((choice) => of(choice.label, choice.lang)),
  ].filter((piece) => piece && piece.text.trim());
}
