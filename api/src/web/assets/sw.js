// The offline shell: style, script, icons and one page that says what is so. Today answers without a network with the
// list that app.js kept last, made for reading only; signing in or out forgets it.
"use strict";
const KEPT = "kept";
const DOORS = ["/sign-in", "/sign-out"];
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  // What was kept names the old files; the page keeps it again when this worker takes over.
  const old = (names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, search } = new URL(request.url);
  if (DOORS.includes(pathname)) event.waitUntil(caches.delete(KEPT));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => offline(pathname + search)));
  } else if (SHELL.includes(pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
async function offline(address) {
  const list = await (await caches.open(KEPT)).match(address);
  return list ?? caches.match("/assets/offline");
}
