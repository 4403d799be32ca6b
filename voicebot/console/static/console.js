/* What a page cannot do alone: time that goes on, a sound, the state of the connection, copying.
   Words come from the page (data-*), so that this file holds none. Without it every page still works. */
"use strict";

const $ = (selector) => document.querySelector(selector);
const all = (selector) => Array.from(document.querySelectorAll(selector));

/* Seconds, by the server's clock: the computer in front of somebody may be wrong. */
const loadedAt = Date.now() / 1000;
function clock() {
  const now = Number(document.body.dataset.now || 0);
  return Date.now() / 1000 + (now ? now - loadedAt : 0);
}

/* How long somebody has been waiting: the page says since when, the words are in data-minutes and data-hours.
   Whoever holds the line has a clock that shows seconds. */
function tellTime() {
  const now = clock();
  for (const time of all("[data-clock]")) {
    const seconds = Math.floor(Math.max(0, now - Number(time.dataset.clock)));
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  for (const time of all("[data-since]")) {
    const minutes = Math.floor(Math.max(0, now - Number(time.dataset.since)) / 60);
    const words = document.body.dataset;
    if (minutes < 1) continue;
    const form = minutes < 60 ? words.minutes : minutes < 1440 || !words.days ? words.hours : words.days;
    const text = form
      .replace("{days}", Math.floor(minutes / 1440))
      .replace("{minutes}", minutes % 60)
      .replace("{hours}", Math.floor(minutes / 60))
      .replace("{minutes:02d}", String(minutes % 60).padStart(2, "0"));
    if (time.textContent !== text) time.textContent = text;
  }
}

/* Two rising tones, made here: no file, no autoplay rule to trip over once somebody has touched the page. */
let audio = null;

function soundOn() {
  try {
    return localStorage.getItem("mediation-sound") !== "off";
  } catch {
    return true;
  }
}

function ring() {
  document.body.dataset.rang = String(Number(document.body.dataset.rang || 0) + 1);
  if (!soundOn() || !window.AudioContext) return;
  audio = audio || new AudioContext();
  audio.resume().then(() => {
    [660, 880, 660, 880].forEach((hertz, at) => {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      const start = audio.currentTime + at * 0.22;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(0.25, start + 0.03);
      gain.gain.linearRampToValueAtTime(0, start + 0.2);
      tone.connect(gain).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.21);
    });
  });
}

function showSound() {
  const button = $("[data-sound]");
  if (button) button.setAttribute("aria-pressed", String(soundOn()));
}

/* The line to the server: a banner while it is broken, gone when it is back. */
function connection(broken) {
  const banner = $("[data-broken]");
  if (banner) banner.hidden = !broken;
}

document.addEventListener("click", (event) => {
  const sound = event.target.closest("[data-sound]");
  if (sound) {
    const on = soundOn();
    try {
      localStorage.setItem("mediation-sound", on ? "off" : "on");
    } catch {
      /* private windows keep nothing */
    }
    showSound();
    if (!on) ring();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const text = $(copy.dataset.copy);
    navigator.clipboard.writeText(text.value || text.innerText).then(() => {
      copy.querySelector("span").textContent = copy.dataset.done;
    });
  }
});

document.addEventListener("DOMContentLoaded", () => {
  showSound();
  tellTime();
  setInterval(tellTime, 1000);
});
document.addEventListener("htmx:sseOpen", () => connection(false));
document.addEventListener("htmx:sseError", () => connection(true));
document.addEventListener("htmx:sseMessage", (event) => {
  connection(false);
  if (event.detail.type === "over") {
    window.location.reload();
    return;
  }
  tellTime();
});
/* The flow is drawn after the page: bring the step where the person stopped into view, inside its own frame. */
document.addEventListener("htmx:afterSettle", (event) => {
  const frame = event.target.closest("[data-frame]");
  const step = frame && frame.querySelector(".current");
  if (!step) return;
  const outer = frame.getBoundingClientRect();
  const inner = step.getBoundingClientRect();
  frame.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  frame.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
});
