// The ticket's service worker: one person's ticket stays on the phone, and nothing else of the site.
//
// The server puts PAGE, TICKET, LEAVE and FILES before it. Its scope is what lies below one personal link. Pages come
// from the network whenever that answers; only where it does not is the ticket shown that was kept.

const CACHE = `seatwise-ticket ${PAGE}`;
const FRESH_FOR = 10 * 60 * 1000;
// A hall's network may never say no, and never answer.
const PATIENCE = 6000;

let drops = 0;

async function keep() {
  const before = drops;
  const answer = await fetch(TICKET, { cache: "reload" });
  if (!answer.ok || answer.redirected) return drop();
  const files = await Promise.all(FILES.map((file) => fetch(file)));
  if (files.some((file) => !file.ok)) throw new Error("A file of the ticket is not there.");
  const cache = await caches.open(CACHE);
  // Dropped meanwhile: what was asked for before may be true no more.
  if (before !== drops) return caches.delete(CACHE);
  await Promise.all(FILES.map((file, place) => cache.put(file, files[place])));
  await cache.put(TICKET, answer);
}

async function keepIfOld() {
  const kept = await caches.match(TICKET, { cacheName: CACHE });
  const age = kept ? Date.now() - Date.parse(kept.headers.get("Date")) : Infinity;
  if (!(age < FRESH_FOR)) await keep().catch(() => {});
}

function drop() {
  drops += 1;
  return caches.delete(CACHE);
}

async function end() {
  await drop();
  await self.registration.unregister();
}

function inTime(request) {
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error("late")));
  return Promise.race([fetch(request), late]);
}

async function page(event) {
  const kept = await caches.match(TICKET, { cacheName: CACHE, ignoreVary: true });
  let answer;
  try {
    answer = await (kept ? inTime(event.request) : fetch(event.request));
  } catch {
    return kept || Response.error();
  }
  if (answer.status === 404 || answer.status === 410) event.waitUntil(end());
  else if (answer.ok) event.waitUntil(keepIfOld());
  return answer.status >= 500 && kept ? kept : answer;
}

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST") {
    // Whatever is changed here, the ticket is kept anew when the page is next seen. After leaving it never is.
    if (pathname === LEAVE) event.waitUntil(end());
    else if (pathname.startsWith(PAGE)) event.waitUntil(drop());
  } else if (request.mode === "navigate" && (pathname === PAGE || pathname === TICKET)) {
    event.respondWith(page(event));
  } else if (request.method === "GET" && FILES.includes(pathname)) {
    event.respondWith(
      fetch(request).catch(async () => (await caches.match(pathname, { cacheName: CACHE })) || Response.error()),
    );
  }
});
