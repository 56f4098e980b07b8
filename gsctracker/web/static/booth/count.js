// Counting and closing: what was typed becomes one entry, or one sentence beside what cannot be.
import { dollars, dot, fill, make, piece } from "./till.js";

const PARTS = ["damaged", "donated", "brought"], MONEY = ["start", "drops", "cards", "checks", "apps"];
const whole = (text) => (text.trim() === "" ? 0 : /^\d{1,6}$/.test(text.trim()) ? Number(text) : NaN);
const cents = (text) => {
  const found = /^\$?(\d{1,6})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  return text.trim() === "" ? 0 : found ? Number(found[1]) * 100 + Number((found[2] ?? "0").padEnd(2, "0")) : NaN;
};

function number(id, label, name) {
  return make("label", { for: id }, label, make("input", {
    class: "num", id, inputmode: "numeric", autocomplete: "off", maxlength: "6", "aria-label": `${name}, ${label}` }));
}

export function counting(facts, words, tallied, close, midway) {
  const form = document.getElementById("count"), error = document.getElementById("count-error");
  const field = (id) => document.getElementById(id);
  for (const product of facts.products) {
    const heading = () => make("div", { class: "label row" }, dot(product.colour), make("span", {}, product.name));
    if (product.share) {
      field("left").append(make("div", { class: "pick" }, heading(),
        make("span", { class: "trio" }, number(`s-${product.code}`, words.boxes, product.name))));
      continue;
    }
    field("left").append(make("div", { class: "pick" }, heading(), make("span", { class: "trio" },
      number(`c-${product.code}`, words.cases, product.name), number(`b-${product.code}`, words.boxes, product.name))));
    field("otherwise").append(make("div", { class: "pick" }, heading(), make("span", { class: "trio" },
      ...PARTS.map((part) => number(`${part}-${product.code}`, words[part], product.name)))));
  }
  for (const value of facts.denominations) {
    field("pieces").append(make("div", { class: "pick" }, make("label", { for: `p-${value}` }, piece(value)),
      make("input", { class: "num", id: `p-${value}`, inputmode: "numeric", autocomplete: "off", maxlength: "5" })));
  }
  field("reason").append(make("option", { value: "" }, words.chooseReason),
    ...facts.reasons.map(([value, label]) => make("option", { value }, label)));

  // What the form says: the closing, its sums, and the first thing that cannot be with the field it stands in.
  function read() {
    const said = { counts: [], share: [], money: {}, cash: {}, reason: field("reason").value || null, note: field("note").value.trim() };
    let wrong = null, sold = 0, expected = 0, corrected = false;
    const refuse = (id, sentence, name) => { wrong ??= { id, sentence: fill(sentence, { name }) }; };
    const take = (id, read, name) => {
      const found = read(field(id).value);
      if (Number.isNaN(found)) refuse(id, words.noNumber, name);
      return found || 0;
    };
    for (const product of facts.products) {
      if (product.share) {
        const quantity = take(`s-${product.code}`, whole, product.name);
        if (quantity) said.share.push({ product: product.code, quantity });
        expected += quantity * product.cents;
        continue;
      }
      const cases = `c-${product.code}`, boxes = `b-${product.code}`;
      const typed = field(cases).value.trim() + field(boxes).value.trim() !== "";
      const remaining = take(cases, whole, product.name) * product.case + take(boxes, whole, product.name);
      const [damaged, donated] = PARTS.map((part) => take(`${part}-${product.code}`, whole, product.name));
      const really = field(`brought-${product.code}`).value.trim();
      const brought = really === "" ? product.brought : take(`brought-${product.code}`, whole, product.name);
      if (!typed && !damaged && !donated && really === "" && !product.brought) continue;
      if (!typed) refuse(boxes, words.missing, product.name);
      if (remaining + damaged + donated > brought) refuse(boxes, words.tooMany, product.name);
      corrected ||= brought !== product.brought;
      const line = { product: product.code, remaining, damaged, donated };
      said.counts.push(really === "" ? line : { ...line, brought });
      sold += brought - remaining - damaged - donated;
      expected += (brought - remaining - damaged - donated) * product.cents;
    }
    let end = 0;
    for (const value of facts.denominations) {
      const pieces = take(`p-${value}`, whole, dollars(value));
      if (pieces) said.cash[value] = pieces;
      end += pieces * value;
    }
    for (const name of MONEY) said.money[name] = take(`m-${name}`, cents, document.querySelector(`label[for=m-${name}]`).textContent);
    said.money.end = end;
    const { start, drops, cards, checks, apps } = said.money;
    const collected = end + drops - start + cards + checks + apps;
    if (corrected && !said.note) refuse("note", words.needNote, "");
    if (collected !== expected && !said.reason) refuse("reason", words.needReason, "");
    if (collected === expected) said.reason = null;
    return { said, wrong, sold, expected, collected, end };
  }
  function show() {
    const { sold, expected, collected, end } = read(), by = tallied();
    const begun = [...form.querySelectorAll("input")].some((one) => one.value.trim());
    field("verdict").hidden = !begun;
    const line = (term, value) => make("div", {}, make("dt", {}, term), make("dd", { class: "num" }, value));
    field("in-box").value = dollars(end);
    const gap = collected - expected;
    field("verdict").replaceChildren(
      line(words.sold, String(sold)), line(words.tallied, String(by)),
      line(words.expected, dollars(expected)), line(words.collected, dollars(collected)),
      line(gap > 0 ? words.over : gap < 0 ? words.short : words.matches, gap ? dollars(Math.abs(gap)) : "✓"));
    field("why").hidden = !gap || !begun;
  }
  function complain(wrong) {
    for (const one of form.querySelectorAll("[aria-invalid]")) {
      one.removeAttribute("aria-invalid");
      one.removeAttribute("aria-describedby");
    }
    error.textContent = wrong ? wrong.sentence : "";
    if (!wrong) return false;
    const place = field(wrong.id);
    place.closest("details")?.setAttribute("open", "");
    place.closest(".pick, .field").after(error);
    place.setAttribute("aria-invalid", "true");
    place.setAttribute("aria-describedby", error.id);
    place.focus();
    place.scrollIntoView({ block: "center" });
    return true;
  }
  field("midcount").addEventListener("click", async () => {
    const { said, wrong } = read();
    if (complain(wrong && /^[bc]-/.test(wrong.id) ? wrong : null) || !said.counts.length) return;
    if (await midway(said.counts.map(({ product, remaining }) => ({ product, quantity: remaining })))) form.reset();
    show();
  });
  form.addEventListener("input", show);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const { said, wrong } = read();
    if (!complain(wrong)) await close(said);
  });
  show();
  return show;
}
