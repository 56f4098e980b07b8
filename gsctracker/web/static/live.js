// Keeps the live board up to date: by events, and by asking where events do not come. The page works without this file.
"use strict";
(() => {
  const board = document.getElementById("live");
  const state = document.getElementById("live-state");
  const ASK_EVERY = 5000;
  const SILENT_AFTER = 40000; // the box says something every fifteen seconds
  let heard = Date.now();
  let asking = null;

  const say = (what) => { if (state.textContent !== state.dataset[what]) state.textContent = state.dataset[what]; };
  const reader = new DOMParser(); // what it reads never runs, whatever stands in it
  const show = (content) => board.replaceChildren(...reader.parseFromString(content, "text/html").body.childNodes);

  const ask = async () => {
    try {
      const answer = await fetch(board.dataset.part, { headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 401) return location.reload(); // the session has ended
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text());
      say("asking");
    } catch {
      say("lost");
    }
  };
  const askAgainAndAgain = () => { asking ??= setInterval(() => document.hidden || ask(), ASK_EVERY); };
  const stopAsking = () => { clearInterval(asking); asking = null; };

  let source = null;
  const listen = () => {
    source = new EventSource(board.dataset.events);
    source.addEventListener("board", (event) => {
      heard = Date.now();
      stopAsking();
      show(event.data);
      say("live");
    });
    source.addEventListener("beat", () => { heard = Date.now(); });
    source.onerror = () => { // the browser tries again by itself unless the box refused
      say("lost");
      askAgainAndAgain();
    };
  };
  if (!("EventSource" in window)) return askAgainAndAgain();
  listen();
  setInterval(() => { // a proxy that holds events back looks like silence
    if (source.readyState === EventSource.CLOSED) { source.close(); listen(); }
    if (source.readyState !== EventSource.OPEN || Date.now() - heard > SILENT_AFTER) askAgainAndAgain();
  }, 10000);
})();
