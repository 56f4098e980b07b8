// Tells the box how long this page took to be there and to answer a finger, and that a script broke on it: never what was on it.
(() => {
  const SHARE = 0.25; // of the pages that are looked at
  const MOST_ERRORS = 3;
  const told = { kind: "load", path: location.pathname };
  const whole = (milliseconds) => Math.min(600000, Math.max(0, Math.round(milliseconds)));
  const send = (what) =>
    navigator.sendBeacon?.("/beacon", new Blob([JSON.stringify(what)], { type: "application/json" }));

  let errors = 0;
  const broke = (name, source, line) => {
    if (errors++ < MOST_ERRORS) {
      send({ kind: "error", path: location.pathname, name: String(name || "Error").slice(0, 100),
             source: String(source || "").slice(-300), line: line || 0 });
    }
  };
  addEventListener("error", (event) => {
    if (event.message) broke(event.error?.name, event.filename, event.lineno);
  });
  addEventListener("unhandledrejection", (event) => broke(event.reason?.name, "", 0));

  // what booth mode keeps on this phone and could not send yet: somebody looks after it when it waits for a day
  try {
    const unsent = Number(localStorage.getItem("booth-unsent")), since = Number(localStorage.getItem("booth-unsent-since"));
    if (unsent || localStorage.getItem("booth-unsent-told")) {
      const age = unsent && since ? Math.max(0, Math.round((Date.now() - since) / 1000)) : 0;
      send({ kind: "unsent", path: location.pathname, unsent, age });
      if (unsent) localStorage.setItem("booth-unsent-told", "yes"); else localStorage.removeItem("booth-unsent-told");
    }
  } catch { /* this browser keeps nothing */ }

  if (Math.random() >= SHARE) return;
  const watch = (type, look, more) => {
    try {
      new PerformanceObserver((list) => list.getEntries().forEach(look)).observe({ type, buffered: true, ...more });
    } catch { /* this browser does not measure that */ }
  };
  watch("largest-contentful-paint", (entry) => { told.lcp = whole(entry.startTime); });
  watch("event", (entry) => { if (entry.interactionId) told.inp = Math.max(told.inp ?? 0, whole(entry.duration)); },
        { durationThreshold: 40 });
  addEventListener("visibilitychange", () => {
    const [here] = performance.getEntriesByType("navigation");
    if (document.visibilityState !== "hidden" || told.sent || !here?.loadEventEnd) return;
    send({ ...told, load: whole(here.loadEventEnd) });
    told.sent = true;
  });
})();
