/* Comfort for the desk's pages; every one of them is complete without it. */

const news = document.getElementById("news");

/* -- the list of alerts, the inbox and a patient's page follow what happens */

const live = () => document.querySelector("main[data-live]");
const refresh = onceMore(async () => {
  const page = await fetched(location.href);
  if (page) take(page);
});

/* One at a time, and once more where it was asked for meanwhile. */
export function onceMore(act) {
  let busy = false;
  let again = false;
  return async function once() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      await act();
    } catch {
      // The next event tries again.
    } finally {
      busy = false;
    }
    if (again) {
      again = false;
      once();
    }
  };
}

/* The page as it is now. Nothing where it is not to be had; whoever is signed out is led to why. */
export async function fetched(url) {
  const headers = { Accept: "text/html", "Bounceback-Refreshed": "1" };
  const response = await fetch(url, { headers, cache: "no-store" });
  if (response.redirected) lead(response.url);
  else if (response.ok) return new DOMParser().parseFromString(await response.text(), "text/html");
  return null;
}

/* Away to the sign-in page, unless something typed would be lost: sending it shows it once more. */
function lead(url) {
  const typed = Array.from(document.querySelectorAll("textarea")).some((field) => field.value.trim());
  if (typed) news.textContent = "You have been signed out. What you typed is still here: copy it, then sign in.";
  else location.assign(url);
}

function take(page) {
  if (live()?.dataset.parts) renew(page);
  else swap(page);
}

/* A patient's page keeps its place and what is typed: parts are exchanged, and the conversation grows. */
function renew(page) {
  const fresh = page.querySelector("main[data-live]");
  if (!fresh) return;
  live().dataset.seen = fresh.dataset.seen;
  const grown = Array.from(document.querySelectorAll("[data-grows]")).flatMap((list) => grow(list, page));
  const changed = Array.from(document.querySelectorAll("[data-fresh]")).filter((old) => exchange(old, page));
  const theirs = grown.filter((one) => one.classList.contains("patient"));
  const last = theirs.at(-1)?.querySelector(".text")?.textContent;
  if (theirs.length > 1) news.textContent = `${theirs.length} new messages. The last: ${last}`;
  else if (last) news.textContent = `New message: ${last}`;
  else if (changed.some((one) => one.id === "open-alerts")) news.textContent = "The open alerts have changed.";
}

function grow(list, page) {
  const more = page.querySelector("[data-grows]")?.children || [];
  const grown = Array.from(more).filter((one) => !document.getElementById(one.id));
  list.append(...grown);
  return grown;
}

function exchange(old, page) {
  const fresh = page.getElementById(old.id);
  if (!fresh || fresh.innerHTML === old.innerHTML) return false;
  const held = old.contains(document.activeElement) ? document.activeElement.id : null;
  old.replaceChildren(...fresh.childNodes);
  if (held !== null) (document.getElementById(held) || live()).focus({ preventScroll: true });
  return true;
}

function swap(page) {
  const fresh = page.querySelector("main[data-live]");
  const old = live();
  if (!fresh || !old) return;
  const held = old.contains(document.activeElement) ? document.activeElement.id : null;
  old.replaceWith(document.adoptNode(fresh));
  showKeys();
  document.title = page.title;
  const [number, was] = [page, document].map((one) => one.querySelector('nav a[href="/desk/inbox"]'));
  if (number && was) was.replaceChildren(...number.childNodes);
  if (held !== null) (document.getElementById(held) || fresh).focus({ preventScroll: true });
  news.textContent = `The list has changed: ${fresh.dataset.news}`;
}

let events = null;

export function following(url, seen, changed) {
  const stream = new EventSource(`${url}?seen=${encodeURIComponent(seen)}`);
  stream.addEventListener("changed", changed);
  // Refused for good, as after a sign-out: the page asks once more, and is led to why.
  stream.addEventListener("error", () => stream.readyState === EventSource.CLOSED && changed());
  return stream;
}

function follow() {
  events = following(live().dataset.live, live().dataset.seen, refresh);
}

if (live()) {
  const one = Boolean(live().dataset.parts);
  follow();
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && (one ? follow() : location.reload()));
  // Many patients may lie open behind one another: only the one in front holds a connection.
  if (one) {
    addEventListener("visibilitychange", () => {
      events.close();
      if (!document.hidden) follow();
    });
  }
}

/* -- one key for what is done most, while the keyboard is in the list */

const keyed = () => document.querySelector("[data-keys]");

function showKeys() {
  const help = document.querySelector(".keys");
  if (help) help.hidden = !keyed();
}

addEventListener("keydown", (event) => {
  const card = event.target instanceof Element && event.target.closest("[data-keys] > li");
  if (!card || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const link = card.querySelector("h2 a");
  const near = { j: card.nextElementSibling, k: card.previousElementSibling }[event.key];
  if (near) near.querySelector("h2 a").focus();
  else if (event.key === "a") card.querySelector("form.quick")?.requestSubmit();
  else if (event.key === "r") location.assign(`${link.getAttribute("href")}#resolve`);
  else return;
  event.preventDefault();
});

showKeys();

/* -- what is behind "More" closes again by itself */

for (const more of document.querySelectorAll("details.more")) {
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
  addEventListener("click", (event) => more.contains(event.target) || (more.open = false));
  more.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !more.contains(event.relatedTarget)) more.open = false;
  });
}

/* -- a message is sent once, however often the button is pressed */

for (const form of document.querySelectorAll("form[data-once]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
}

/* -- a link that is shown once is easy to copy */

for (const field of document.querySelectorAll("input[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    news.textContent = "The link is copied.";
  });
  field.after(button);
}

/* -- a code that came with a link is filled in, and leaves the address */

for (const field of document.querySelectorAll("input[data-from-address]")) {
  if (location.hash.length < 2) continue;
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
