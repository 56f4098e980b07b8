// Sending what waits: as often as there is reason to, never twice in effect, because each entry has its id.
import * as store from "./store.js";

const MOST = 500, MOST_BYTES = 200_000, PATIENCE = 30_000;
const state = { online: null, signIn: false, trouble: "", busy: false, again: false };
let after = () => {};

export const status = () => state;
export const onSent = (act) => { after = act; };

// What the box is sent of an entry; the rest is the phone's own.
export const wire = ({ id, device, counter, capturedAt, offsetSeconds, kind, said }) =>
  ({ id, device, counter, capturedAt, offsetSeconds, kind, ...said });

export async function reachable() {
  try {
    const answer = await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(5000) });
    return answer.ok;
  } catch { return false; }
}

async function post(api, entries, device) {
  const answer = await fetch(`${api}/entries`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ entries: entries.map(wire), device }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}

function* portions(entries) {
  let part = [], size = 0;
  for (const one of entries) {
    const bytes = JSON.stringify(wire(one)).length;
    if (part.length && (part.length === MOST || size + bytes > MOST_BYTES)) { yield part; part = []; size = 0; }
    part.push(one);
    size += bytes;
  }
  if (part.length) yield part;
}

const byBooth = (entries) => {
  const found = new Map();
  for (const one of entries) found.set(one.booth, [...(found.get(one.booth) ?? []), one]);
  return found;
};

// Send what waits of this person; `facts` is the booth on the screen. A wrong entry, or a wrong booth, stops no other.
export async function send(facts, device) {
  if (state.busy) { state.again = true; return; }
  state.busy = true;
  try {
    do {
      state.again = false;
      await round(facts, device);
    } while (state.again);
  } finally { state.busy = false; }
  after(null);
}

async function round(facts, device) {
  state.online = await reachable();
  if (!state.online) return;
  state.trouble = "";
  const waiting = (await store.all()).filter((one) => one.state === "waiting" && one.account === facts.account);
  for (const [booth, entries] of byBooth(waiting)) {
    const api = `/api/troops/1/booths/${booth}`;
    for (const part of portions(entries)) if (!(await offer(facts, api, booth, part, device))) break;
    if (state.signIn || !state.online) return;
  }
  if (!waiting.length) await refresh(facts, device);
}

async function offer(facts, api, booth, part, device) {
  let answer;
  try { answer = await post(api, part, device); } catch { state.online = false; return false; }
  if (answer.status === 401) { state.signIn = true; return false; }
  if (answer.status === 403 || answer.status === 404) {
    state.trouble = answer.status === 403 ? "notAllowed" : "notThere";
    return false;
  }
  if (answer.status !== 200 || !answer.body) { state.online = false; return false; }
  state.signIn = false;
  const { generation } = answer.body.booth, results = {};
  answer.body.results.forEach((one, place) => {
    const why = one.message ? [one.message, ...Object.values(one.fields ?? {})].join(" ") : "";
    results[part[place].id] = one.result === "refused"
      ? { state: "refused", why }
      : { state: "kept", flag: one.result === "flagged" ? one.code : "", why, generation };
  });
  await store.answered(results);
  await lived(generation);
  if (booth === facts.booth) after(answer.body.booth);
  return true;
}

async function lived(generation) {
  if ((await store.fact("generation")) === generation) return;
  if (await store.offerAgain(generation)) state.again = true;
}

async function refresh(facts, device) {
  let answer;
  try {
    answer = await fetch(`${facts.api}/tally?device=${device}`, { signal: AbortSignal.timeout(PATIENCE) });
  } catch { state.online = false; return; }
  if (answer.status === 401) { state.signIn = true; return; }
  if (answer.status === 403 || answer.status === 404) { state.trouble = answer.status === 403 ? "notAllowed" : "notThere"; return; }
  if (!answer.ok) return;
  state.signIn = false;
  const booth = await answer.json();
  await lived(booth.generation);
  after(booth);
}

// Straight to the box, for a phone that has no room left.
export async function straight(facts, entry) {
  try {
    const answer = await post(facts.api, [entry], entry.device);
    return answer.status === 200 && answer.body.results[0].result !== "refused" ? answer.body.booth : null;
  } catch { return null; }
}
