import { h } from "./dom.js";

const sheets = new Map();
const there = new Set();
let dress = () => null;

/** Each sheet that is there, and each that comes later. */
export function eachSheet(act) {
  dress = act;
  there.forEach(act);
}

function arrived(sheet) {
  there.add(sheet);
  dress(sheet);
  return sheet;
}

/** A style element would be blocked by a strict policy, so: a constructed sheet, or a link where there are none (Safari before 16.4). */
export function addStyles(root, file) {
  const url = new URL(file, import.meta.url).href;
  if (!("adoptedStyleSheets" in root) || !("replaceSync" in CSSStyleSheet.prototype)) return link(root, url);
  if (!sheets.has(url)) sheets.set(url, fetched(url));
  return sheets.get(url).then((sheet) => {
    if (!root.adoptedStyleSheets.includes(sheet))
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  });
}

async function fetched(url) {
  try {
    const response = await fetch(url, { credentials: "omit" });
    if (!response.ok) throw new Error(`${response.status}`);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await response.text());
    return arrived(sheet);
  } catch (missing) {
    sheets.delete(url);
    throw missing;
  }
}

function link(root, href) {
  const before = root.querySelector(`link[href="${href}"]`);
  if (before) return before.loaded;
  const element = h("link", { rel: "stylesheet", href });
  element.loaded = new Promise((resolve) => {
    element.onload = () => resolve(arrived(element.sheet));
    element.onerror = resolve;
  });
  root.prepend(element);
  return element.loaded;
}
