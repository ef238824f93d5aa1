/* This browser as one of a colleague's devices: asks the browser, and sends its answer as the page's own form. */

const card = document.querySelector("[data-push-key]");
const form = document.getElementById("add-device");
const says = document.getElementById("push-says");

const WORKER = "/desk/push-worker.js";
const SCOPE = "/desk/";

function say(text) {
  says.textContent = text;
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function whyNot() {
  if (!window.isSecureContext) return "This browser can only be told over https.";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window))
    return "This browser cannot show notifications of a web page. On an iPhone or iPad, put the desk on the Home Screen first and open it from there.";
  if (Notification.permission === "denied")
    return "Notifications of this page are blocked in this browser. Allow them in its settings for this page, then load it again.";
  return "";
}

async function subscribed() {
  const registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  await navigator.serviceWorker.ready;
  // One that was made for another key is of no use.
  const old = await registration.pushManager.getSubscription();
  if (old) await old.unsubscribe();
  return registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(card.dataset.pushKey),
  });
}

async function turnOn(event) {
  event.preventDefault();
  try {
    if ((await Notification.requestPermission()) !== "granted") {
      say(whyNot() || "You did not allow notifications. Nothing was changed.");
      return;
    }
    say("Asking the browser…");
    const { endpoint, keys } = (await subscribed()).toJSON();
    form.elements.endpoint.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  } catch {
    say("The browser did not give an address for notifications. Nothing was changed. It may be offline, or its maker's push service may be blocked here.");
  }
}

if (card && form) {
  const no = whyNot();
  say(no);
  if (!no) {
    document.getElementById("push-offer").hidden = false;
    form.addEventListener("submit", turnOn);
  }
}
