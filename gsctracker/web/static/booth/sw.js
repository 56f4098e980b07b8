// Behind booth mode. It keeps the empty page and its files, never a page with anything of anybody in it.
const CACHE = `booth-${VERSION}`;
const MODE = /^\/booths\/\d+\/mode$/;
const PATIENCE = 4000;

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("message", (event) => { if (event.data === "renew") skipWaiting(); });

// Without cookies: what is kept is what a stranger sees.
async function keep() {
  const cache = await caches.open(CACHE);
  await Promise.all([SHELL, ...FILES].map(async (path) => {
    const answer = await fetch(path, { cache: "reload", credentials: "omit" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    await cache.put(path, answer);
  }));
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("booth-") && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

addEventListener("fetch", (event) => {
  const asked = event.request, { origin, pathname } = new URL(asked.url);
  if (asked.method !== "GET" || origin !== location.origin) return;
  if (asked.mode === "navigate" && MODE.test(pathname)) event.respondWith(first(asked));
  else if (FILES.includes(pathname)) event.respondWith(same(asked, pathname));
});

// The box first, for a few seconds; what is kept where it does not answer.
async function first(asked) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(asked, { signal: patience.signal });
    if (answer.status < 500) return answer;
  } catch { /* no answer in time */ } finally { clearTimeout(timer); }
  const cache = await caches.open(CACHE);
  return (await cache.match(SHELL)) ?? Response.error();
}

// A file's address says what is in it, so what is kept is what the box would answer.
async function same(asked, path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(asked);
}

// What the box tells while no page is open: a sentence, and the page that says more.
addEventListener("push", (event) => {
  let said = {};
  try { said = event.data.json(); } catch { /* nothing that can be read: the app's name alone is shown */ }
  const more = { body: said.body || "", tag: said.path || "box", data: said.path || "/", icon: "/static/icon-192.png" };
  event.waitUntil(registration.showNotification(said.title || "GSCTracker", more));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = String(event.notification.data);
  event.waitUntil(clients.openWindow(path.startsWith("/") && !path.startsWith("//") ? path : "/"));
});
