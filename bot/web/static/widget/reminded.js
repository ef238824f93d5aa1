/*
 * Of the full page only: says that somebody came by a reminder's link, and takes its code out of the address bar.
 * The code stands in the fragment: it reaches no server log and no referrer.
 */

function came(fragment) {
  const code = new URLSearchParams(fragment.slice(1)).get("reminder");
  if (!code) return;
  fetch("/v1/reminders/opened", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
    credentials: "omit",
    referrerPolicy: "no-referrer",
  }).catch(() => {}); // it is a courtesy: the chat is what they came for
}

if (new URLSearchParams(location.hash.slice(1)).has("reminder")) {
  came(location.hash);
  history.replaceState(null, "", location.pathname);
}
if ("serviceWorker" in navigator)
  navigator.serviceWorker.addEventListener("message", ({ data }) => data && data.reminder && came(data.reminder));
