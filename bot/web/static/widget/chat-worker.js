/**
 * Answers for the chat page when there is no connection. `SHIPPED` (the release and the files that are kept from the
 * start) is written before this by the server, so that a new release is a new worker: it takes over at once and throws
 * away what the last one kept. It keeps what everybody may read: the page, its files, the widget's own sentences, where
 * to turn. Nothing of a patient passes through it. Push messages are another file's.
 */
const { release, files } = self.SHIPPED;
const KEPT = `bounceback ${release}`;
const OURS = /^bounceback [0-9a-f]{12}$/;
const ANSWER_WITHIN_MS = 3000;
const PAGES = ["/chat", "/urgent"];
const TURN = "/v1/availability";
const FILES = `/widget/${release}/`;

try {
  importScripts("/static/widget/push-worker.js");
} catch (missing) {
  // The chat works without it.
}

addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fill());
});

addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (PAGES.includes(pathname)) event.respondWith(fresh(request, pathname));
  } else if (pathname.startsWith(FILES)) event.respondWith(lasting(request));
  else if (pathname === TURN) event.respondWith(fresh(request, pathname, whereToTurn));
  else if (pathname.startsWith("/v1/texts/")) event.respondWith(fresh(request, pathname));
});

/** The page tells what it had loaded before this worker stood. */
addEventListener("message", (event) => {
  event.waitUntil(alsoKeep(event.data));
});

/** What is at hand already (the page has just loaded it) is not asked for again: these addresses never change. */
async function fill() {
  const cache = await caches.open(KEPT);
  await cache.addAll(files.map((file) => FILES + file));
  await Promise.all(PAGES.map(async (page) => keep(cache, page, await fetch(page, { credentials: "omit" }))));
  await keep(cache, TURN, await whereToTurn(await fetch(TURN)));
}

async function alsoKeep(paths) {
  const cache = await caches.open(KEPT);
  const ours = paths.filter((path) => path.startsWith(FILES));
  await Promise.all(ours.map(async (path) => (await cache.match(path)) || cache.add(path)));
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => OURS.test(name) && name !== KEPT).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** From the service as long as it answers, so that no number is older than it must be; else what it said last. */
async function fresh(request, name, part = (response) => response) {
  const cache = await caches.open(KEPT);
  const asked = fetch(request).then(async (response) => {
    if (response.ok && !response.redirected) await keep(cache, name, await part(response.clone()));
    return response;
  });
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS));
  try {
    const response = await Promise.race([asked, late]);
    if (response && response.status < 500) return response;
  } catch (unreachable) {
    // what was kept, if anything was
  }
  return (await cache.match(name)) || asked;
}

/** Under its own release's address a file is the same for ever. */
async function lasting(request) {
  const cache = await caches.open(KEPT);
  const name = new URL(request.url).pathname;
  const found = await cache.match(name);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) await keep(cache, name, response.clone());
  return response;
}

/** Of who reads and when, only where to turn: it is the same for everybody of a service, and the rest is of now. */
async function whereToTurn(response) {
  const { urgent } = await response.json();
  return new Response(JSON.stringify({ reading: "", urgent }), { headers: { "Content-Type": "application/json" } });
}

async function keep(cache, name, response) {
  if (response.ok) await cache.put(name, response).catch(() => null);
}
