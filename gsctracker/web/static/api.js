// Tries a call from the page that describes it: fills the address, sends the body, shows status and answer.
for (const form of document.querySelectorAll("form[data-call]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const shown = form.querySelector(".answer");
    let address = form.dataset.address;
    const query = new URLSearchParams();
    const headers = {};
    let body;
    for (const field of form.querySelectorAll("[data-place]")) {
      const place = field.dataset.place;
      if (place === "path") address = address.replace(`{${field.name}}`, encodeURIComponent(field.value));
      else if (place === "query" && field.value) query.set(field.name, field.value);
      else if (place === "header" && field.value) headers[field.name] = field.value;
      else if (place === "body") { body = field.value; headers["Content-Type"] = "application/json"; }
      else if (place === "file") { body = body || new FormData(); if (field.files[0]) body.set("file", field.files[0]); }
      else if (place === "form") { body = body || new FormData(); if (field.value) body.set(field.name, field.value); }
    }
    if (query.size) address += `?${query}`;
    shown.hidden = false;
    shown.textContent = "…";
    try {
      const answer = await fetch(address, { method: form.dataset.method, headers, body });
      const text = await answer.text();
      let pretty = text;
      try { pretty = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      shown.textContent = `${answer.status} ${answer.statusText}\nX-Request-ID: ${answer.headers.get("X-Request-ID")}\n\n${pretty}`;
    } catch (mishap) {
      shown.textContent = String(mishap);
    }
  });
}
