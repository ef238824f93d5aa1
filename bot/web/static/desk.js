/* Comfort for the desk's pages; every one of them is complete without it. */

const news = document.getElementById("news");

/* -- the list of alerts, and the inbox, follow what happens */

const live = () => document.querySelector("main[data-live]");
let busy = false;
let again = false;

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const headers = { Accept: "text/html", "Bounceback-Refreshed": "1" };
    const response = await fetch(location.href, { headers, cache: "no-store" });
    if (response.redirected) location.assign(response.url);
    else if (response.ok) swap(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // The next event tries again.
  } finally {
    busy = false;
  }
  if (again) {
    again = false;
    refresh();
  }
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

if (live()) {
  const events = new EventSource(`/desk/events?of=${live().dataset.live}&seen=${encodeURIComponent(live().dataset.seen)}`);
  events.addEventListener("alerts", refresh);
  // Refused for good, as after a sign-out: the page asks once more, and is led to why.
  events.addEventListener("error", () => events.readyState === EventSource.CLOSED && refresh());
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
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
