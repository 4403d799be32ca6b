/* The inbox: what is new is announced and nothing moves under the pointer; keyboard, drafts, segments.
   Words come from the page (data-*). Without this file every page still works. */
"use strict";

/* New rows wait while the pointer or the focus is in the list; a button says how many and shows them. */
let held = null;
let pointerInside = false;

function list() {
  return $("[data-queue]");
}

function busy() {
  const queue = list();
  const active = document.activeElement;
  return pointerInside || Boolean(queue && active && active !== document.body && queue.contains(active));
}

function rowsOf(root) {
  return new Map(Array.from(root.querySelectorAll("[data-rows] li.ticket")).map((row) => [row.id, row]));
}

/* What the list holds back: how many rows are new. Rows that have gone are dimmed where they stand. */
function holdBack(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  const shown = rowsOf(list());
  const coming = rowsOf(next);
  const fresh = [...coming.keys()].filter((id) => !shown.has(id)).length;
  for (const [id, row] of shown) row.classList.toggle("gone", !coming.has(id));
  held = html;
  takeSigns(next);
  const button = $("[data-news]");
  if (!button) return;
  const words = button.dataset;
  button.textContent = fresh === 1 ? words.one : words.many.replace("{count}", fresh);
  button.hidden = fresh === 0;
}

function showHeld() {
  if (held === null) return;
  const html = held;
  forget();
  const queue = list();
  const focused = document.activeElement && queue.contains(document.activeElement) ? document.activeElement.id : "";
  queue.innerHTML = html;
  htmx.process(queue);
  if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
  tellTime();
}

function forget() {
  held = null;
  const button = $("[data-news]");
  if (button) button.hidden = true;
}

/* Counts, dangers and people on the line, taken from the list whether or not it is shown yet. */
const known = { dangers: new Set(), online: new Set(), dues: new Set(), unread: 0 };
let plain = "";

function pairs(text) {
  return (text || "").trim().split(/\s+/).filter(Boolean);
}

function takeSigns(root, first) {
  const rows = root.querySelector("[data-rows]");
  if (!rows) return;
  const dangers = pairs(rows.dataset.dangers).map((one) => one.split("@"));
  const online = pairs(rows.dataset.online).map((one) => one.split("@")[0]);
  const unread = Number(rows.dataset.unread);
  const waiting = Number(rows.dataset.waiting);
  signs = { dangers, online, unread, waiting };
  title();
  const told = $("[data-told]");
  const newDanger = dangers.some(([id, since]) => !known.dangers.has(`${id}#${rung(since)}`));
  const newCall = online.some((id) => !known.online.has(id));
  const dues = pairs(rows.dataset.dues);
  const due = dues.some((id) => !known.dues.has(id));
  const answer = unread > known.unread;
  known.dangers = new Set(dangers.map(([id, since]) => `${id}#${rung(since)}`));
  known.online = new Set(online);
  known.dues = new Set(dues);
  known.unread = unread;
  if (first) return;
  let text = told.dataset.count.replace("{count}", waiting);
  if (due) text = told.dataset.due;
  if (answer) text = told.dataset.answer;
  if (newCall) text = told.dataset.online;
  if (newDanger) text = told.dataset.danger;
  if (told.textContent !== text) told.textContent = text;
  if (newDanger || newCall || answer || due) ring();
}
let signs = { dangers: [], online: [], unread: 0, waiting: 0 };

/* How often a danger has rung: again every ten minutes while nobody takes it. */
function rung(since) {
  return Math.floor(Math.max(0, clock() - Number(since)) / 600);
}

function title() {
  const { dangers, online, unread, waiting } = signs;
  const count = waiting + unread;
  const sign = dangers.length ? "⚠ " : online.length ? "☎ " : "";
  document.title = count ? `(${sign}${count}) ${plain}` : plain;
}

/* An old danger rings again, also while nothing else happens. */
function ringAgain() {
  const due = signs.dangers.filter(([id, since]) => !known.dangers.has(`${id}#${rung(since)}`));
  if (!due.length) return;
  known.dangers = new Set(signs.dangers.map(([id, since]) => `${id}#${rung(since)}`));
  $("[data-told]").textContent = $("[data-told]").dataset.danger;
  ring();
}

document.addEventListener("htmx:sseBeforeMessage", (event) => {
  const target = event.target;
  if (!target.matches || !target.matches("[data-queue]")) return;
  if (busy()) {
    event.preventDefault();
    holdBack(event.detail.data);
  } else {
    forget();
  }
});
document.addEventListener("htmx:sseMessage", (event) => {
  if (event.target.matches && event.target.matches("[data-queue]")) takeSigns(document);
  if (event.target.id === "thread") {
    toEnd();
    if (ticket() && document.visibilityState === "visible") send(`/tickets/${ticket()}/seen`, {});
  }
});
/* Whoever leaves the list sees what is new a moment later: on the way to the button nothing changes yet. */
let leaving = 0;

function pointAt(inside) {
  clearTimeout(leaving);
  pointerInside = inside;
  if (!inside && held !== null) {
    leaving = setTimeout(() => {
      if (held !== null && !busy()) showHeld();
    }, 1500);
  }
}
document.addEventListener("pointerover", (event) => {
  const rows = list();
  const inside = rows && (rows.contains(event.target) || event.target.closest("[data-news]"));
  pointAt(Boolean(inside && event.pointerType === "mouse"));
});
document.documentElement.addEventListener("pointerleave", () => pointAt(false));

/* Sending in the background: drafts, and that something was read. */
function send(path, fields, last) {
  const body = new URLSearchParams({ token: document.body.dataset.token, ...fields });
  return fetch(document.body.dataset.root + path, { method: "POST", body, keepalive: Boolean(last), redirect: "manual" });
}

function ticket() {
  const composer = $("[data-ticket]");
  return composer ? composer.dataset.ticket : "";
}

/* Drafts: kept by the server a moment after the last key; what it did not get is kept in this tab. */
let saving = 0;
const unsaved = new Set();

function draftKey(field) {
  return `draft:${ticket()}:${field.dataset.draft}`;
}

function keepInTab(field) {
  try {
    if (field.value) sessionStorage.setItem(draftKey(field), field.value);
    else sessionStorage.removeItem(draftKey(field));
  } catch {
    /* private windows keep nothing */
  }
}

function saveDrafts(last) {
  const fields = {};
  for (const field of unsaved) fields[field.dataset.draft] = field.value;
  if (!Object.keys(fields).length || !ticket()) return;
  unsaved.clear();
  send(`/tickets/${ticket()}/draft`, fields, last).catch(() => {});
}

function restoreDrafts() {
  for (const field of all("[data-draft]")) {
    let kept = null;
    try {
      kept = sessionStorage.getItem(draftKey(field));
    } catch {
      /* nothing is kept */
    }
    if (kept && !field.value) {
      field.value = kept;
      unsaved.add(field);
    }
    countSegments(field);
  }
  saveDrafts();
}

document.addEventListener("input", (event) => {
  const field = event.target.closest && event.target.closest("[data-draft]");
  if (!field) return;
  keepInTab(field);
  unsaved.add(field);
  clearTimeout(saving);
  saving = setTimeout(saveDrafts, 700);
  countSegments(field);
});
document.addEventListener("submit", (event) => {
  clearTimeout(saving);
  unsaved.clear();
  for (const field of event.target.querySelectorAll("[data-draft]")) {
    try {
      sessionStorage.removeItem(draftKey(field));
    } catch {
      /* nothing is kept */
    }
  }
});
window.addEventListener("pagehide", () => saveDrafts(true));

/* How many messages a text takes, in the alphabet of the network; its source is voicebot/telephony/sms_text.py. */
const TWICE = /[\^{}\\[~\]|€]/g;

function countSegments(field) {
  const place = field.form && field.form.querySelector("[data-segments]");
  if (!place || field.dataset.draft !== "text") return;
  const units = field.value.length + (field.value.match(TWICE) || []).length;
  const count = units <= 160 ? 1 : Math.ceil(units / 153);
  const words = place.dataset;
  place.textContent = !units ? words.empty : count === 1 ? words.one : words.many.replace("{count}", count);
}

document.addEventListener("change", (event) => {
  const choice = event.target.closest("[data-insert]");
  if (!choice || !choice.value) return;
  const field = document.getElementById(choice.dataset.insert);
  field.value = field.value ? `${field.value.trimEnd()} ${choice.value}` : choice.value;
  choice.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

/* Panels open when their key or button asks for them. */
function open(id) {
  const target = document.getElementById(id);
  if (!target) return;
  const panel = target.closest("details");
  if (panel) panel.open = true;
  const field = target.matches("textarea") ? target : target.querySelector("input:not([type=hidden]), textarea, summary");
  target.scrollIntoView({ block: "nearest" });
  if (field) field.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    open(opener.dataset.open);
  }
  if (event.target.closest("[data-news]")) showHeld();
});

/* Keys: j and k move along the list, Enter opens, r n c act on the open request, ? tells them all. */
function move(by) {
  const links = all("[data-rows] li.ticket > a");
  if (!links.length) return;
  const row = document.activeElement.closest("li.ticket") || $("li.ticket.current");
  const at = row ? links.findIndex((link) => row.contains(link)) : -1;
  const next = links[Math.min(links.length - 1, Math.max(0, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  r: () => open("text"),
  n: () => open("note"),
  c: () => open("close-card"),
  "?": () => $("#keys").showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target.matches("textarea, input")) event.target.blur();
  if (event.target.matches("input, textarea, select, [contenteditable]") || $("dialog[open]")) return;
  const act = ACTIONS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

function toEnd() {
  const thread = document.getElementById("thread");
  if (thread) thread.scrollTop = thread.scrollHeight;
}

document.addEventListener("DOMContentLoaded", () => {
  plain = document.title;
  takeSigns(document, true);
  restoreDrafts();
  /* On a telephone the box opens from the bar at the thumb, unless something was begun. */
  const reply = document.getElementById("reply");
  if (reply && matchMedia("(max-width: 61.99rem)").matches && !$("[data-draft=text]").value) reply.open = false;
  toEnd();
  if (location.hash) open(location.hash.slice(1));
  const current = $(".inbox-list li.current");
  if (current) current.scrollIntoView({ block: "nearest" });
  setInterval(ringAgain, 10000);
});
