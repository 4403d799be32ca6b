/* Shows what the server tells this browser, and opens the page it is about. Keeps nothing. */
"use strict";

self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(told.title || "", {
      body: told.body || "",
      tag: told.tag,
      renotify: Boolean(told.tag),
      data: { url: told.url },
    }),
  );
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = event.notification.data.url;
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((open) => {
      const page = open.find((one) => new URL(one.url).pathname === url);
      return page ? page.focus() : self.clients.openWindow(url);
    }),
  );
});
