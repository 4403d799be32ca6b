/* The switch on "Mon compte": alerts on this device, even with the page closed. Words come from the page. */
"use strict";

const card = document.querySelector("[data-push]");
const root = card && card.dataset.root;

function post(path, subscription) {
  return fetch(`${root}/push/${path}`, {
    method: "POST",
    headers: { "X-Token": card.dataset.token, "Content-Type": "application/json" },
    body: JSON.stringify(subscription),
  }).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
  });
}

function bytes(text) {
  const base64 = (text + "=".repeat((4 - (text.length % 4)) % 4)).replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

async function show() {
  const possible = "serviceWorker" in navigator && "PushManager" in window && Notification.permission !== "denied";
  const worker = possible && (await navigator.serviceWorker.getRegistration(`${root}/`));
  const on = Boolean(worker && (await worker.pushManager.getSubscription()));
  for (const [name, visible] of [["on", possible && !on], ["off", on], ["none", !possible]]) {
    card.querySelector(`[data-push-${name}]`).hidden = !visible;
  }
}

async function switchOn() {
  if ((await Notification.requestPermission()) !== "granted") return;
  const worker = await navigator.serviceWorker.register(`${root}/alerts.js`, { scope: `${root}/` });
  const { key } = await fetch(`${root}/push/key`).then((answer) => answer.json());
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  await navigator.serviceWorker.ready;
  await post("on", await worker.pushManager.subscribe(options));
}

async function switchOff() {
  const worker = await navigator.serviceWorker.getRegistration(`${root}/`);
  const subscription = worker && (await worker.pushManager.getSubscription());
  if (!subscription) return;
  await post("off", subscription);
  await subscription.unsubscribe();
}

if (card) {
  card.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const act = "pushOn" in button.dataset ? switchOn : switchOff;
    act()
      .catch(() => {
        card.querySelector("[data-push-failed]").hidden = false;
      })
      .then(show);
  });
  show();
}
