// A finger's signature: strokes in a field of 600 by 200, kept as text, so that it is small and sharp on paper.
"use strict";

const MOST_SIGNS = 15500;
for (const pad of document.querySelectorAll("[data-pad]")) {
  const canvas = pad.querySelector("canvas"), kept = pad.querySelector("input");
  const pen = canvas.getContext("2d");
  let last = null;

  const strokes = () => kept.value.split("M").slice(1).map((stroke) => stroke.split("L").map((point) => point.split(" ").map(Number)));
  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    for (const [first, ...others] of strokes()) {
      pen.beginPath();
      pen.moveTo(...first);
      for (const point of others.length ? others : [first]) pen.lineTo(...point);
      pen.stroke();
    }
    pad.classList.toggle("used", kept.value !== "");
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const within = (part, most) => Math.round(Math.min(Math.max(part, 0), 1) * most);
    return [within((event.clientX - box.left) / box.width, canvas.width), within((event.clientY - box.top) / box.height, canvas.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    if (kept.value.length < MOST_SIGNS) kept.value += `M${last.join(" ")}`;
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last || kept.value.length >= MOST_SIGNS) return;
    const next = place(event);
    if (Math.hypot(next[0] - last[0], next[1] - last[1]) < 4) return;
    last = next;
    kept.value += `L${next.join(" ")}`;
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { last = null; });
  pad.querySelector("button").addEventListener("click", () => { kept.value = ""; draw(); });
  pad.hidden = false;
  draw();
}
