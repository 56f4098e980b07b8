// Asks the browser for an address at which it may be told, and sends that with the form. Without any of it the form stays hidden.
const form = document.getElementById("push"), state = document.getElementById("push-state");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

if (form && window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  const denied = Notification.permission === "denied";
  state.textContent = denied ? form.dataset.no : form.dataset.ready;
  form.hidden = denied;
  form.addEventListener("submit", async (event) => {
    if (form.endpoint.value) return;
    event.preventDefault();
    try {
      if (await Notification.requestPermission() !== "granted") {
        state.textContent = form.dataset.no;
        return;
      }
      await navigator.serviceWorker.register("/sw.js");
      const worker = await navigator.serviceWorker.ready;
      const found = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) });
      const said = found.toJSON();
      form.endpoint.value = said.endpoint;
      form.p256dh.value = said.keys.p256dh;
      form.auth.value = said.keys.auth;
      form.submit();
    } catch {
      state.textContent = form.dataset.failed;
    } finally {
      form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
    }
  });
}
