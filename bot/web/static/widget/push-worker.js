/*
 * Shows a reminder on a patient's device: that something waits, and nothing of what. A press opens the chat; the action
 * beside it ends all reminders. It keeps nothing and answers no request.
 */

const CHAT = "/chat";
const STOP = "/unsubscribe/";

function reminderIn(event) {
  try {
    return event.data.json();
  } catch (nothing) {
    return {};
  }
}

function text(value, otherwise) {
  return typeof value === "string" && value ? value : otherwise;
}

self.addEventListener("push", (event) => {
  const { title, body, path, stop, stop_label: label, lang } = reminderIn(event);
  const way = text(stop, "");
  event.waitUntil(
    self.registration.showNotification(text(title, "A reminder for you"), {
      body: text(body, "There is something waiting for you."),
      lang: text(lang, "en"),
      tag: "reminder",
      icon: "/widget/icons/192.png",
      data: { path: text(path, CHAT), stop: way },
      actions: way ? [{ action: "stop", title: text(label, "Stop reminders") }] : [],
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const data = event.notification.data || {};
  event.waitUntil(event.action === "stop" ? stopReminders(String(data.stop)) : openChat(String(data.path)));
});

/** One press, and done: where it cannot be done from here, the page opens that does it. */
async function stopReminders(path) {
  if (!path.startsWith(STOP)) return;
  try {
    const answer = await fetch(path, { method: "POST", credentials: "omit", referrerPolicy: "no-referrer" });
    if (answer.ok) return;
  } catch (offline) {
    // the page says so, and has the button
  }
  await self.clients.openWindow(path);
}

async function openChat(path) {
  const ours = path === CHAT || path.startsWith(`${CHAT}#`) ? path : CHAT;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((each) => new URL(each.url).pathname === CHAT);
  if (!open) return self.clients.openWindow(ours);
  open.postMessage({ reminder: ours.slice(CHAT.length) });
  return open.focus();
}
