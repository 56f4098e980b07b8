// Booth mode: the phone's page. It works from what the phone keeps; the box is told when it can be reached.
import * as store from "./store.js";
import { onSent, send, status, straight, wire } from "./send.js";
import { changes, dollars, fill, make, till } from "./till.js";
import { counting } from "./count.js";

const EVERY = 60_000, DAY = 86400e3;
const at = (id) => document.getElementById(id);
const json = (id) => { const found = at(id); return found ? JSON.parse(found.dataset.json) : null; };
const words = json("words");
let facts = json("facts"), device = "", offset = 0, entries = [], elsewhere = {}, away = { cash: 0, card: 0, other: 0 };
let memory = true, counted = false, stock = () => {}, verdict = () => {};

const now = () => Date.now() + offset * 1000;
const instant = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
function age(ms) {
  const minutes = Math.floor(ms / 60000);
  if (minutes < 1) return words.now;
  if (minutes < 90) return fill(words.minutes, { n: minutes });
  return ms < 2 * DAY ? fill(words.hours, { n: `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}` }) : fill(words.days, { n: Math.floor(ms / DAY) });
}

// What this phone knows ---------------------------------------------------------------------------------------------

async function begin() {
  const number = Number(/\/booths\/(\d+)\//.exec(location.pathname)?.[1]);
  try {
    device = await store.device();
    if (facts) {
      offset = Math.round((Date.parse(facts.now) - Date.now()) / 1000);
      await store.know(`booth-${facts.booth}`, facts);
      await store.know("offset", offset);
      await store.offerAgain(facts.generation);
      localStorage.setItem("booth-account", facts.account);
    } else {
      facts = await store.fact(`booth-${number}`);
      offset = (await store.fact("offset")) ?? 0;
      if (facts && String(facts.account) !== localStorage.getItem("booth-account")) facts = null;
    }
    entries = await store.all();
    store.tidy();
    navigator.storage?.persist?.();
  } catch (no) {
    memory = false;
    device ||= store.hex(8);
  }
  if (!facts) return alarm(words.unknown);
  at("plain")?.remove();
  at("phone").hidden = false;
  if (at("booth-name")) at("booth-name").textContent = facts.name;
  at("hours").textContent = facts.hours;
  at("sync-sign-in").href = `/sign-in?next=/booths/${facts.booth}/mode`;
  stock = till(facts, words, sell);
  verdict = counting(facts, words, () => sum(tally()), close, midway);
  if (!memory) alarm(words.noMemory);
  wire_up();
  warn(json("facts")?.warning);
  draw();
  go();
}

const mine = () => entries.filter((one) => one.booth === facts.booth && one.state !== "refused");
function standing() {
  const undone = new Set(mine().filter((one) => one.kind === "undo").map((one) => one.said.undoes));
  return mine().filter((one) => one.kind === "sale" && !undone.has(one.id) && one.state !== "flagged");
}
function tally() {
  const found = { ...elsewhere };
  for (const one of standing()) for (const { product, quantity } of one.said.items) found[product] = (found[product] ?? 0) + quantity;
  return found;
}
function money() {
  const found = { ...away }, price = Object.fromEntries(facts.products.map((one) => [one.code, one.cents]));
  for (const one of standing()) for (const { product, quantity } of one.said.items) found[one.said.pay] += quantity * (price[product] ?? 0);
  return found;
}
const sum = (sold) => facts.products.reduce((boxes, one) => boxes + (one.share ? 0 : sold[one.code] ?? 0), 0);

// Tapping -------------------------------------------------------------------------------------------------------------

async function keep(kind, said) {
  const entry = { id: store.hex(16), device, booth: facts.booth, account: facts.account, kind, said, capturedAt: instant(Date.now()), offsetSeconds: offset };
  try {
    if (!memory) throw new Error("no memory");
    entries.push(await store.add(entry));
  } catch {
    const booth = await straight(facts, { ...entry, counter: Math.floor(Date.now() / 1000) % 1e9 });
    if (!booth) { alarm(words.full); return null; }
    entries.push({ ...entry, state: "kept" });
    heard(booth);
  }
  alarm("");
  draw();
  go();
  return entry;
}

async function sell(pay, items, cents) {
  const entry = await keep("sale", { pay, items });
  if (!entry) return false;
  const boxes = items.reduce((sum, one) => sum + one.quantity, 0);
  const undo = make("button", { type: "button", class: "button quiet" }, words.undo);
  undo.addEventListener("click", () => takeBack(entry.id));
  at("said").replaceChildren(make("span", {}, fill(words.saved, { boxes, sum: dollars(cents), pay: words[pay] })), undo);
  const back = pay === "cash" && changes(cents, words);
  if (back) at("said").append(back);
  return true;
}

async function takeBack(id) {
  if (mine().some((one) => one.kind === "undo" && one.said.undoes === id)) return;
  if (await keep("undo", { undoes: id })) at("said").replaceChildren(words.undone);
}

async function close(said) {
  if (await keep("close", said)) at("closed-said").scrollIntoView({ block: "center" });
}

async function midway(items) {
  const kept = await keep("midcount", { items });
  if (kept) { counted = true; draw(); at("closed-said").scrollIntoView({ block: "center" }); }
  return kept;
}

function closedSays(sentence) {
  at("closed-said").hidden = !sentence;
  at("closed-said").querySelector("p").textContent = sentence;
}

// The screen ----------------------------------------------------------------------------------------------------------

function alarm(sentence) {
  if (sentence && at("phone").hidden) at("phone").hidden = false;
  at("alarm").hidden = !sentence;
  at("alarm-said").textContent = sentence;
}

function warn(sentence) {
  at("warning").hidden = !sentence;
  at("warning").textContent = sentence || "";
}

function syncSays() {
  const all = entries.filter((one) => one.state === "waiting"), told = status();
  const waiting = all.filter((one) => one.account === facts.account), said = [];
  const oldest = Math.max(0, ...all.map((one) => Date.now() - Date.parse(one.capturedAt)));
  if (told.signIn) said.push(words.signIn);
  else if (told.online === false) said.push(words.offline);
  if (waiting.length) said.push(fill(words.waiting, { n: waiting.length, age: age(oldest) }));
  else if (!told.signIn && told.online) said.push(entries.length ? words.allSent : words.nothing);
  if (all.length > waiting.length) said.push(fill(words.others, { n: all.length - waiting.length }));
  if (told.trouble) said.push(words[told.trouble]);
  if (oldest > 3 * DAY) said.push(words.old);
  const kind = told.trouble || told.signIn || oldest > 3 * DAY ? "bad" : all.length || told.online === false ? "wait" : "good";
  if (at("sync-said").textContent !== said.join(" ")) at("sync-said").textContent = said.join(" ");
  at("sync").dataset.kind = kind;
  at("sync-sign-in").hidden = !told.signIn;
  at("sync-now").hidden = !waiting.length || told.signIn;
  try {
    localStorage.setItem("booth-unsent", all.length);
    localStorage.setItem("booth-unsent-since", Date.now() - oldest);
  } catch { /* no room for a number */ }
}

function hoursSay() {
  const begins = Date.parse(facts.startsAt) - now(), ends = Date.parse(facts.endsAt) - now();
  at("left-over").textContent = begins > 0 ? fill(words.begins, { n: age(begins) }) : ends > 0 ? fill(words.ends, { n: age(ends) }) : words.over2;
}

const pair = (term, value) => make("div", {}, make("dt", {}, term), make("dd", { class: "num" }, value));

function draw() {
  const sold = tally(), cash = money();
  stock(sold);
  at("sums").replaceChildren(pair(words.boxesSold, String(sum(sold))),
    ...["cash", "card", "other"].map((pay) => pair(words[pay], dollars(cash[pay]))),
    pair(words.together, dollars(cash.cash + cash.card + cash.other)));
  at("boxes").replaceChildren(...facts.products.filter((one) => one.brought || sold[one.code]).map((one) => pair(one.name,
    one.share ? String(sold[one.code] ?? 0) : fill(words.ofBrought, { sold: sold[one.code] ?? 0, brought: one.brought }))));
  const undone = new Set(mine().filter((one) => one.kind === "undo").map((one) => one.said.undoes));
  at("latest").replaceChildren(...mine().filter((one) => one.kind === "sale").slice(-12).reverse().map((one) => {
    const name = Object.fromEntries(facts.products.map((product) => [product.code, product.name]));
    const said = one.said.items.map(({ product, quantity }) => `${quantity} ${name[product] ?? product}`).join(", ");
    const line = make("li", {}, make("span", { class: undone.has(one.id) ? "off" : "" }, `${said} · ${words[one.said.pay]}`));
    if (undone.has(one.id)) line.append(words.isUndone);
    else {
      const button = make("button", { type: "button", class: "button quiet" }, words.undo);
      button.addEventListener("click", () => takeBack(one.id));
      line.append(button);
    }
    return line;
  }));
  const stuck = entries.filter((one) => one.state === "refused" || one.state === "waiting" || (one.state === "kept" && one.flag));
  at("stuck").hidden = !stuck.length;
  at("not-taken").replaceChildren(...stuck.slice(-50).map((one) => make("li", {}, make("span", {}, `${words.entry[one.kind]} · ${age(Date.now() - Date.parse(one.capturedAt))}`,
    one.why ? make("span", { class: "hint" }, fill(one.state === "refused" ? words.notTaken : words.flagged, { why: one.why })) : ""))));
  const waits = (kind) => mine().some((one) => one.kind === kind && one.state === "waiting");
  at("count").hidden = facts.isClosed || waits("close");
  at("sign").hidden = mine().some((one) => one.kind === "close" && one.account === facts.account && !one.flag); // two people sign
  closedSays([facts.isClosed ? words.closed : waits("close") ? words.closedHere : "", waits("sign") ? words.signed : "", counted || waits("midcount") ? words.counted : ""].join(" ").trim());
  verdict();
  syncSays();
  hoursSay();
}

// The box -------------------------------------------------------------------------------------------------------------

function heard(booth) {
  if (!booth) return;
  elsewhere = Object.fromEntries(booth.items.map((one) => [one.code, one.elsewhere]));
  away = { cash: booth.cashCents, card: booth.cardCents, other: booth.otherCents };
  facts.isClosed = booth.isClosed;
  warn(booth.warning);
  if (!booth.isClosed) for (const one of booth.items) {
    const product = facts.products.find((product) => product.code === one.code);
    if (product) product.brought = one.brought;
  }
  offset = Math.round((Date.parse(booth.now) - Date.now()) / 1000);
  if (memory) { store.know("offset", offset).catch(() => {}); store.know(`booth-${facts.booth}`, facts).catch(() => {}); }
}

async function again() {
  if (memory) {
    try { entries = await store.all(); } catch { memory = false; }
  }
  draw();
}

onSent(async (booth) => { heard(booth); await again(); });
store.onChange(again);
const go = () => { if (memory) send(facts, device).catch(() => {}); };

function toFile() {
  const unsent = entries.filter((one) => one.state === "waiting" || one.state === "refused");
  const text = JSON.stringify({ booth: facts.booth, name: facts.name, entries: unsent.map(wire) }, null, 1);
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: `booth-${facts.booth}-unsent.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function wire_up() {
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => {
      for (const one of document.querySelectorAll("[data-view]")) one.setAttribute("aria-pressed", String(one === button));
      for (const part of document.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== button.dataset.view;
    });
  }
  at("sync-now").addEventListener("click", go);
  at("to-file").addEventListener("click", toFile);
  at("sign").addEventListener("click", () => keep("sign", {}));
  addEventListener("online", go);
  addEventListener("offline", go);
  addEventListener("pageshow", go);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again().then(go); });
  setInterval(go, EVERY);
  setInterval(() => { syncSays(); hoursSay(); }, 15_000);
}

// The worker that opens this page without a connection: only over HTTPS, and a new one only when nothing waits.
async function worker() {
  if (!("serviceWorker" in navigator)) return;
  const registered = await navigator.serviceWorker.register("/sw.js", { scope: "/booths/" });
  const renew = () => { if (registered.waiting && !Number(localStorage.getItem("booth-unsent"))) registered.waiting.postMessage("renew"); };
  renew();
  setInterval(renew, EVERY);
}

begin();
worker().catch(() => {});
