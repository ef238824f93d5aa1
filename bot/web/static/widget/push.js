/* This browser as one of the places where reminders come: only on our own page, where a worker may look after it. */

const WORKER = "/chat-worker.js";
const CHAT = "/chat";

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

/** A code that says why reminders cannot come to this browser; empty: they can. */
export function whyNot(server) {
  if (new URL(server).origin !== location.origin) return "elsewhere";
  if (!window.isSecureContext) return "insecure";
  const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!can) return /iPhone|iPad/.test(navigator.userAgent) ? "homeScreen" : "cannot";
  return Notification.permission === "denied" ? "blocked" : "";
}

async function worker() {
  return (await navigator.serviceWorker.getRegistration(CHAT)) || navigator.serviceWorker.register(WORKER, { scope: CHAT });
}

/** What this browser is known by, where it is told; null where it is not. */
export async function subscription() {
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return null;
  const known = await navigator.serviceWorker.getRegistration(CHAT);
  return known && known.pushManager ? known.pushManager.getSubscription() : null;
}

/** Asks the browser, which asks its owner. Returns what to send; null where they said no. */
export async function turnOn(key) {
  if ((await Notification.requestPermission()) !== "granted") return null;
  const registration = await worker();
  await ready(registration);
  // One that was made for another key is of no use.
  const old = await registration.pushManager.getSubscription();
  if (old) await old.unsubscribe();
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  const { endpoint, keys } = made.toJSON();
  return { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } };
}

/** Returns the address that is told no more; null where there was none. */
export async function turnOff() {
  const made = await subscription();
  if (!made) return null;
  const { endpoint } = made;
  await made.unsubscribe();
  return endpoint;
}

function ready(registration) {
  const waiting = registration.installing || registration.waiting;
  if (registration.active || !waiting) return Promise.resolve();
  return new Promise((done) =>
    waiting.addEventListener("statechange", () => waiting.state === "activated" && done()),
  );
}
