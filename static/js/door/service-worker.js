// The door page's service worker: the page and its files stay on the phone, so that it opens without network.
//
// The server puts VERSION and FILES before it; all files of a version are fetched together, or none is.

const CACHE = `seatwise-door-${VERSION}`;
const PAGE = FILES[0];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("seatwise-door-") && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  // What the doors ask the server for is never answered from here: the page itself knows what it has.
  if (address.pathname.startsWith("/door/api/")) return;
  const isPage = request.mode === "navigate" && address.pathname === PAGE;
  if (!isPage && !FILES.includes(address.pathname)) return;
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(isPage ? PAGE : request, { ignoreSearch: isPage, ignoreVary: true }))
      .then((kept) => kept || fetch(request)),
  );
});
