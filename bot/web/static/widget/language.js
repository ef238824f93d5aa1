/** In which language the widget speaks: English, which stands in its files, until the service has said another. */
let spoken = { lang: "en", texts: {} };

/** Languages that are written from right to left: the one list of them. */
const RIGHT_TO_LEFT = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

export function speak(lang, texts) {
  spoken = { lang, texts };
}

export function language() {
  return spoken.lang;
}

/** For days and times. */
export function locale() {
  return spoken.lang === "en" ? "en-GB" : spoken.lang;
}

export function direction(lang) {
  return RIGHT_TO_LEFT.includes(lang.split("-")[0]) ? "rtl" : "ltr";
}

/** The texts of one part, by name: the service's where it has them in the language spoken, else the English ones. */
export function textsOf(part, english) {
  return new Proxy(english, {
    get: (_, name) => spoken.texts[keyOf(part, name)] || english[name],
  });
}

/** The language of a text of a part: what the service leaves in English says so. */
export function tongueOf(part, name) {
  return spoken.texts[keyOf(part, name)] ? spoken.lang : "en";
}

function keyOf(part, name) {
  return `widget_${part}_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/-/g, "_")}`;
}

/** A text with what stands in its `{curly}` brackets filled in. */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** So many seconds, as one says it; browsers know the plurals of a language. */
export function lasting(seconds) {
  const parts = [
    [Math.floor(seconds / 60), "minute"],
    [seconds % 60, "second"],
  ];
  const said = parts.filter(([n, unit], at) => n || (at && !seconds)).map(([n, unit]) => counted(n, unit));
  return said.join(" ");
}

function counted(n, unit) {
  try {
    return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(n);
  } catch (tooOld) {
    return `${n} ${unit}${n === 1 ? "" : "s"}`; // Safari before 14.1
  }
}
