// Shows what the controller pushed, also when no page is open. Without a build of its own: it has to keep its address.
self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {};
  const { title = "Lamplighter", body = "", tag = "lamplighter", path = "/incidents", kind, severity } = said;
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      tag,
      // The news of an incident takes the place of the old, and rings again.
      renotify: true,
      requireInteraction: kind === "opened" && severity === "critical",
      icon: "/favicon.svg",
      data: { path },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { path = "/incidents" } = event.notification.data ?? {};
  const to = new URL(path.startsWith("/") ? path : "/incidents", self.location.origin).href;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => {
      const page = pages.find((one) => new URL(one.url).origin === self.location.origin);
      return page ? page.navigate(to).then((there) => (there ?? page).focus()) : self.clients.openWindow(to);
    }),
  );
});
