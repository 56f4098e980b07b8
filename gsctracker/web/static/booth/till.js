// The till: taps become a basket, a basket becomes a sale. A tap changes the screen at once and waits for nothing.
export const dollars = (cents) =>
  `${cents < 0 ? "−" : ""}$${Math.floor(Math.abs(cents) / 100).toLocaleString("en-US")}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
export const piece = (cents) => (cents % 100 ? dollars(cents) : `$${cents / 100}`);
const NOTES = [500, 1000, 2000, 4000, 5000, 6000, 10000];

export function make(name, attributes = {}, ...children) {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) one.setAttribute(key, value === true ? "" : value);
  }
  one.append(...children);
  return one;
}

export function dot(colour) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "dot");
  svg.setAttribute("aria-hidden", "true");
  const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const [key, value] of [["cx", "50%"], ["cy", "50%"], ["r", "50%"], ["fill", colour]]) circle.setAttribute(key, value);
  svg.append(circle);
  return svg;
}

// Draw the tiles into `list`; `sell(pay, items, cents)` keeps a sale and answers whether it was kept.
export function till(facts, words, sell) {
  const key = `basket-${facts.booth}`;
  const list = document.getElementById("till"), due = document.getElementById("due");
  const off = document.getElementById("take-off"), pays = [...document.querySelectorAll("[data-pay]")];
  const tiles = new Map();
  let taps = [], sold = {}, selling = false;
  try { taps = JSON.parse(sessionStorage.getItem(key)) ?? []; } catch { taps = []; }
  const known = new Map(facts.products.map((one) => [one.code, one]));
  taps = taps.filter((code) => known.has(code));

  for (const product of facts.products) {
    const count = make("span", { class: "count", hidden: true }), left = make("span");
    const name = make("span", { class: "name" }, product.name);
    const button = make("button", { type: "button", "data-code": product.code }, name,
      make("span", { class: "facts num" }, make("span", {}, dot(product.colour), dollars(product.cents)), left), count);
    tiles.set(product.code, { button, count, left });
    list.append(make("li", {}, button));
  }
  const inBasket = () => taps.reduce((sums, code) => ({ ...sums, [code]: (sums[code] ?? 0) + 1 }), {});
  const total = () => taps.reduce((cents, code) => cents + known.get(code).cents, 0);

  function show(code, number) {
    const { button, count, left } = tiles.get(code), product = known.get(code);
    count.hidden = !number;
    count.textContent = number || "";
    button.toggleAttribute("data-in", number > 0);
    if (product.share) return;
    const rest = product.brought - (sold[code] ?? 0) - number;
    left.textContent = fill(words.left, { n: rest });
    left.className = rest < 6 ? "low" : "";
  }
  function sum() {
    due.textContent = taps.length ? `${words.due} ${dollars(total())}` : words.nothingDue;
    due.toggleAttribute("data-empty", !taps.length);
    off.disabled = !taps.length;
    for (const one of pays) one.disabled = !taps.length || selling;
  }
  function draw() {
    const now = inBasket();
    for (const code of tiles.keys()) show(code, now[code] ?? 0);
    sum();
  }
  const remember = () => { try { sessionStorage.setItem(key, JSON.stringify(taps)); } catch { /* the screen has it */ } };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || selling) return;
    if (!taps.length) document.getElementById("said").replaceChildren();
    taps.push(button.dataset.code);
    show(button.dataset.code, taps.filter((code) => code === button.dataset.code).length);
    sum();
    setTimeout(remember);
  });
  off.addEventListener("click", () => { if (!selling) { taps.pop(); remember(); draw(); } });
  for (const button of pays) {
    button.addEventListener("click", async () => {
      if (!taps.length || selling) return;
      selling = true;
      sum();
      const items = Object.entries(inBasket()).map(([product, quantity]) => ({ product, quantity }));
      try {
        if (await sell(button.dataset.pay, items, total())) { taps = []; remember(); }
      } finally { selling = false; draw(); }
    });
  }
  draw();
  return (nowSold) => { sold = nowSold; draw(); };
}

// What to give back, for the notes people pay with.
export function changes(cents, words) {
  const line = make("p", { class: "changes num" }, words.change);
  const fitting = NOTES.filter((note) => note > cents).slice(0, 3);
  for (const note of fitting) {
    line.append(make("span", {}, `${fill(words.changeOf, { note: piece(note) })} `, make("strong", {}, dollars(note - cents))));
  }
  return fitting.length ? line : null;
}
