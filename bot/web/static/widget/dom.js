import { direction } from "./language.js";

/** Builds an element. `on…` are listeners, true is an empty attribute, null and false leave it out. */
export function h(tag, attributes, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** The same for a picture inside the page. */
export function svg(tag, attributes, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** Words in the language of a message, in the direction in which that is written; in their own where none is known. */
export function worded(tag, lang, attributes, ...children) {
  return h(tag, { lang, dir: lang ? direction(lang) : "auto", ...attributes }, ...children);
}

// Chrome before 86 and Safari before 14 (browsers of 2020).
if (!("replaceChildren" in Element.prototype))
  Element.prototype.replaceChildren = function (...children) {
    while (this.lastChild) this.lastChild.remove();
    this.append(...children);
  };

let last = 0;

/** An id for `aria-describedby` and `for`, unlike every other in the page. */
export function freshId(name) {
  last += 1;
  return `bb-${name}-${last}`;
}

/** A version 4 UUID; `crypto.randomUUID` is missing in browsers of 2020 and on plain http. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
