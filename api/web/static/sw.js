// The shell works without a connection, and news is shown when the app is closed. Data is never kept here.
const SHELL = "cadence-shell-VERSION";
const FILES = FILES_LIST;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  const others = (names) => names.filter((name) => name !== SHELL);
  event.waitUntil(caches.keys().then((names) => Promise.all(others(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { pathname, search } = new URL(event.request.url);
  if (event.request.method !== "GET" || search || !FILES.includes(pathname)) return;
  event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(event.request)));
});

self.addEventListener("push", (event) => {
  const news = event.data.json();
  const shown = { body: news.body, icon: "/static/icons/192.png", tag: news.agentId ?? "cadence", data: news.agentId };
  event.waitUntil(self.registration.showNotification(news.title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = event.notification.data ? `agents/${event.notification.data}` : "agents";
  const open = async () => {
    const [page] = await self.clients.matchAll({ type: "window" });
    if (!page) return self.clients.openWindow(`/#/${path}`);
    page.postMessage({ open: path });
    return page.focus();
  };
  event.waitUntil(open());
});
