/* One key for each decision. Everything here can be done without it: each key presses a button that stands on the page. */

import { fetched, following, onceMore } from "./desk.js";

const OFF = "bounceback moderation keys off";
const queue = document.querySelector("[data-queue]");
const help = document.querySelector(".keys-help");
const on = document.getElementById("keys-on");

function kept() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

on.checked = kept();
on.addEventListener("change", () => {
  try {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // For as long as the page lies open, then.
  }
});
help.hidden = !queue;

const typing = (target) =>
  target instanceof Element && target.matches("textarea, select, input:not([type=checkbox], [type=radio]), [contenteditable]");

const held = (target) => (target instanceof Element ? target.closest("[data-queue] > li") : null);

function go(item, way) {
  const next = item ? item[way] : queue?.firstElementChild;
  next?.querySelector("h2 a").focus();
  next?.scrollIntoView({ block: "nearest" });
}

/* A form is sent once, however long the key is held down. */
let sent = false;

function press(button) {
  if (!button || sent) return;
  sent = true;
  button.form.requestSubmit(button);
}

addEventListener("pageshow", () => (sent = false));

function open(details, into) {
  if (!details) return;
  details.open = true;
  details.querySelector(into).focus();
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (typing(event.target)) return;
  const key = event.key.toLowerCase();
  const item = held(event.target);
  if (key === "escape") {
    const details = event.target instanceof Element && event.target.closest("details[open]");
    if (!details) return;
    details.open = false;
    details.querySelector("summary").focus();
    return;
  }
  if (!on.checked) return;
  if (key === "?") {
    help.open = !help.open;
    help.querySelector("summary").focus();
  } else if (key === "j") go(item, "nextElementSibling");
  else if (key === "k") go(item, "previousElementSibling");
  else if (!item) return;
  else if (key >= "0" && key <= "9") press(item.querySelector(`details.hide[open] [data-digit="${key}"]`));
  else if (key === "h") open(item.querySelector('[data-opens="h"]'), "button");
  else if (key === "t") open(item.querySelector('[data-opens="t"]'), "select");
  else if (["s", "l", "w"].includes(key)) press(item.querySelector(`[data-key="${key}"]`));
  else return;
  event.preventDefault();
});

/* -- more that waits is told, and never moves what somebody reads: they go there when they are ready */

const main = document.querySelector("main[data-events]");
const more = document.querySelector(".more-waits");
const casesOf = (item) => item.dataset.cases.trim().split(" ");
const itemsOf = (page) => Array.from(page.querySelectorAll("[data-queue] > li"));
const here = new Set(itemsOf(document).flatMap(casesOf));

const count = onceMore(async () => {
  const page = await fetched("/desk/moderation");
  if (page) tell(itemsOf(page).filter((item) => !casesOf(item).some((each) => here.has(each))).length);
});

function tell(number) {
  const link = more.querySelector("a");
  const said = number ? `${number} more ${number === 1 ? "waits" : "wait"}: show ${number === 1 ? "it" : "them"}` : "Look for more";
  more.classList.toggle("some", number > 0);
  if (link.textContent !== said) link.textContent = said;
}

/* The page is loaded anew with the same one in hand. */
more.addEventListener("click", (event) => {
  const item = itemsOf(document).find((one) => one.getBoundingClientRect().bottom > 80);
  if (item) event.target.href = `/desk/moderation?then=${item.id}`;
});

let events = null;

function follow() {
  events = following(main.dataset.events, main.dataset.seen, count);
}

follow();
addEventListener("pagehide", () => events.close());
addEventListener("pageshow", (event) => event.persisted && follow());
