/** Of the full page only: takes the code of an invitation or of a way back out of the address bar. */
const chat = document.querySelector("bounceback-chat");
const link = new URLSearchParams(location.hash.slice(1));

if (link.has("invite") || link.has("return")) {
  chat.invite = link.get("invite");
  chat.returnCode = link.get("return");
  if (link.get("lang")) chat.lang = link.get("lang");
  history.replaceState(null, "", location.pathname);
}
chat.addEventListener("bounceback:language", ({ detail }) => (document.documentElement.lang = detail.lang));
chat.open = true;

/** For when there is no connection. Not before the page stands: then the worker finds its files at hand. */
if ("serviceWorker" in navigator) {
  const worker = navigator.serviceWorker;
  const loaded = () => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  const tell = () => worker.controller && worker.controller.postMessage(loaded());
  worker.addEventListener("controllerchange", tell);
  chat.addEventListener("bounceback:state", tell);
  addEventListener("load", () => worker.register("/chat-worker.js").then(tell, () => null));
}
