// Passkeys: asks the device for one, or to make one, and puts its answer into the form. Without it there is the password.
"use strict";

const bytes_of = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text_of = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// What the box asks comes as JSON, in which bytes are text.
function asked(options) {
  options.challenge = bytes_of(options.challenge);
  if (options.user) options.user.id = bytes_of(options.user.id);
  for (const known of [...(options.excludeCredentials || []), ...(options.allowCredentials || [])]) known.id = bytes_of(known.id);
  return { publicKey: options };
}

function said(passkey) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (passkey.response[name]) response[name] = text_of(passkey.response[name]);
  }
  return JSON.stringify({ id: passkey.id, rawId: text_of(passkey.rawId), type: passkey.type, response });
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  for (const instead of document.querySelectorAll("[data-no-passkey]")) instead.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-problem]");
    problem.hidden = true;
    try {
      let passkey;
      if (form.dataset.passkey === "make") {
        passkey = await navigator.credentials.create(asked(JSON.parse(form.dataset.asked)));
      } else {
        const answer = await fetch(form.dataset.challenge, { method: "POST" });
        passkey = await navigator.credentials.get(asked(await answer.json()));
      }
      form.elements.said.value = said(passkey);
      form.submit();
    } catch { // called off, taken too long, or the device has none for this box
      problem.hidden = false;
    }
  });
}
