// The phone's memory: entries in IndexedDB, each with an id of its own. What `add` has answered is on the disk.
const NAME = "gsctracker-booth";
const WEEK = 7 * 86400e3;
let opened = null;

export const hex = (bytes) =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((one) => one.toString(16).padStart(2, "0")).join("");

function open() {
  opened ??= new Promise((yes, no) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("entries", { keyPath: "id" });
      asked.result.createObjectStore("facts");
    };
    asked.onsuccess = () => yes(asked.result);
    asked.onerror = () => no(asked.error);
  }).catch((no) => { opened = null; throw no; });
  return opened;
}

// One transaction: `act` is given both stores and may set `out.value`; answered when it is on the disk.
async function within(mode, act) {
  const db = await open();
  return new Promise((yes, no) => {
    const out = {};
    const tx = db.transaction(["entries", "facts"], mode, { durability: "strict" });
    tx.oncomplete = () => yes(out.value);
    tx.onabort = tx.onerror = () => no(tx.error ?? new Error("not kept"));
    act(tx.objectStore("entries"), tx.objectStore("facts"), out);
  });
}

const reading = (act) => within("readonly", act);
const channel = "BroadcastChannel" in self ? new BroadcastChannel(NAME) : null;
export const onChange = (act) => { if (channel) channel.onmessage = act; };
const changed = () => channel?.postMessage("changed");

export const fact = (name) => reading((_, facts, out) => {
  facts.get(name).onsuccess = (event) => { out.value = event.target.result; };
});

export const know = (name, value) => within("readwrite", (_, facts) => { facts.put(value, name); });

export const all = () => reading((entries, _, out) => {
  entries.getAll().onsuccess = (event) => { out.value = event.target.result.sort((a, b) => a.counter - b.counter); };
});

// Who this phone is: made once, and again where its memory was emptied.
export const device = () => within("readwrite", (_, facts, out) => {
  facts.get("device").onsuccess = (event) => {
    out.value = event.target.result ?? hex(8);
    if (!event.target.result) facts.put(out.value, "device");
  };
});

// Keep an entry under the next number of this phone; two tabs never get the same one.
export async function add(entry) {
  const kept = await within("readwrite", (entries, facts, out) => {
    facts.get("counter").onsuccess = (event) => {
      const counter = (event.target.result ?? 0) + 1;
      facts.put(counter, "counter");
      out.value = { ...entry, counter, state: "waiting" };
      entries.put(out.value);
    };
  });
  changed();
  return kept;
}

// Write down what the box answered, entry by entry: {id: {state, why, generation}}. One that it refused stays here.
export async function answered(results) {
  await within("readwrite", (entries) => {
    for (const [id, result] of Object.entries(results)) {
      entries.get(id).onsuccess = (event) => {
        if (event.target.result) entries.put({ ...event.target.result, ...result, at: Date.now() });
      };
    }
  });
  changed();
}

// The box was put back to an earlier state: what another life of it took in the last week is offered again. How many.
export async function offerAgain(generation) {
  const count = await within("readwrite", (entries, facts, out) => {
    out.value = 0;
    facts.put(generation, "generation");
    entries.getAll().onsuccess = (event) => {
      for (const one of event.target.result) {
        if (one.state !== "kept" || one.generation === generation || one.at < Date.now() - WEEK) continue;
        entries.put({ ...one, state: "waiting" });
        out.value += 1;
      }
    };
  });
  if (count) changed();
  return count;
}

// Let go of what the box has had for more than a month.
export const tidy = () => within("readwrite", (entries) => {
  entries.getAll().onsuccess = (event) => {
    for (const one of event.target.result) {
      if (one.state === "kept" && one.at < Date.now() - 4 * WEEK) entries.delete(one.id);
    }
  };
});
