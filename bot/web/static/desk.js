/* Comfort for the desk's pages; every one of them is complete without it. */

const news = document.getElementById("news");

/* -- the list of alerts follows what happens */

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
    const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
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
  document.title = page.title;
  if (held !== null) (document.getElementById(held) || fresh).focus({ preventScroll: true });
  news.textContent = `The list has changed: ${fresh.dataset.news}`;
}

if (live()) {
  const events = new EventSource(`/desk/events?seen=${encodeURIComponent(live().dataset.seen)}`);
  events.addEventListener("alerts", refresh);
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
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
