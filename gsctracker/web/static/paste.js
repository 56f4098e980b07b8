// Copies a text that stands on the page, so that it can be pasted elsewhere. Without it one marks the text by hand.
"use strict";

for (const button of document.querySelectorAll("[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); }
    button.querySelector("span").textContent = button.dataset.done;
  });
}
