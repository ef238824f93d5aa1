import { Aloud } from "./aloud.js";
import { addStyles, eachSheet } from "./styles.js";
import { SIZES, forgetWishes, remember, wishes } from "./wishes.js";

const before = new WeakMap();

/** Makes the widget look and sound as somebody wishes. The frame carries the switches, by which `tastes.css` knows them. */
export async function look(host) {
  const { root, frame } = host;
  listen(host);
  await addStyles(root, "tastes.css");
  for (const name of ["space", "calm"]) frame.toggleAttribute(`data-${name}`, Boolean(wishes[name]));
  frame.toggleAttribute("data-large", wishes.size > 1);
  eachSheet((sheet) => scale(sheet.cssRules, SIZES[wishes.size]));
}

/** As usual again, for whoever comes next. */
export function forget(host) {
  forgetWishes();
  look(host);
}

/** What was wished for before somebody came in. */
export function keep({ session }) {
  remember(session);
}

function listen(host) {
  if (!host.aloud) host.aloud = new Aloud();
  if (host.chat) host.chat.messages.forEach((element) => host.aloud.offer(element, element.msg));
  host.aloud.draw();
  if (!wishes.play && !wishes.aloud) host.aloud.hush();
}

/**
 * Every length that is told in `rem`, so many times as long: `rem` is of the page around, which is not ours to change,
 * and browsers before 2024 do not all have `zoom`. What a media query compares stays as it is.
 */
function scale(rules, by) {
  for (const rule of Array.from(rules)) {
    if (rule.cssRules) scale(rule.cssRules, by);
    if (!rule.style) continue;
    if (!before.has(rule)) before.set(rule, rule.style.cssText);
    const text = before.get(rule);
    const wanted = text.replace(/(\d*\.?\d+)rem\b/g, (_, n) => `${+(n * by).toFixed(4)}rem`);
    if (rule.style.cssText !== wanted) rule.style.cssText = wanted;
  }
}
