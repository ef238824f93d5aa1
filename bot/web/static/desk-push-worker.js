/* Shows what is pushed to a colleague's device, and leads to its page. It keeps nothing and answers no request. */

const HOME = "/desk";

function read(event) {
  try {
    return event.data.json();
  } catch {
    return {};
  }
}

self.addEventListener("push", (event) => {
  const { title = "Bounceback", body = "Something needs you at the desk.", path = HOME, tag = "desk" } = read(event);
  event.waitUntil(
    self.registration.showNotification(title, { body, tag, renotify: true, requireInteraction: true, data: { path } }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = String(event.notification.data?.path ?? HOME);
  const ours = path === HOME || path.startsWith("/desk/") ? path : HOME;
  event.waitUntil(self.clients.openWindow(new URL(ours, self.location.origin).href));
});
