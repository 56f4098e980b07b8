// Small comforts. Every page works without this file.
"use strict";

// Menus close on Escape and on a touch elsewhere.
const open_menus = () => document.querySelectorAll("details[data-closes][open]");
document.addEventListener("click", (event) => {
  for (const menu of open_menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open_menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// One press sends a form once; coming back to the page frees it again.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) return event.preventDefault();
  if (event.target.dataset.unsent) { // signing out: what booth mode has not sent stays on the phone
    if (Number(localStorage.getItem("booth-unsent")) && !confirm(event.target.dataset.unsent)) return event.preventDefault();
    localStorage.removeItem("booth-account");
    if (!Number(localStorage.getItem("booth-unsent"))) indexedDB.deleteDatabase("gsctracker-booth"); // nothing of hers stays behind
  }
  event.target.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

// Files can be dropped where they can be chosen.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// Plus and minus beside a number, and what a sale comes to.
for (const button of document.querySelectorAll("[data-step]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const input = button.parentNode.querySelector("input");
    const count = Math.max((parseInt(input.value, 10) || 0) + Number(button.dataset.step), 0);
    input.value = count || "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
for (const form of document.querySelectorAll("[data-sum]")) {
  const output = form.querySelector("[data-total]");
  const add = () => {
    const cases = form.elements.unitType?.value === "cases";
    let cents = 0;
    for (const one of form.querySelectorAll("[data-cents]")) {
      if (/^\d+$/.test(one.value.trim())) cents += one.value * one.dataset.cents * (cases ? one.dataset.case : 1);
    }
    output.hidden = !cents;
    output.value = `${output.dataset.label}\n$${(cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2 })}`;
  };
  form.addEventListener("input", add);
  add();
}

// What has to be corrected is read first.
document.querySelector("[data-focus]")?.focus();
