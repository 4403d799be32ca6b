/* The voice studio: read, record, listen, keep, next. Words come from the page (data-*), so that this file holds none. */

import { Recorder } from "./sound/recorder.js";
import { Sound, whyNot } from "./sound/sound.js";
import { decoded, wav } from "./sound/wav.js";

const at = (id) => document.getElementById(id);
const desk = at("desk");
const rows = Array.from(document.querySelectorAll("[data-line]"));
const words = at("words").dataset;
/* The voice as it is: levels are made even later, and nothing else sounds meanwhile. */
const AS_IT_IS = { echoCancellation: false, noiseSuppression: true, autoGainControl: false };

let sound;
let recorder;
let row = rows.find((one) => one.dataset.line === desk.dataset.name);
let take;
let playing = new AbortController();

function show(state, text = "") {
  desk.dataset.state = state;
  at("verdict").textContent = text || words[state] || "";
  at("record-word").textContent = state === "recording" ? words.stop : take ? words.again : words.record;
  at("record").disabled = ["opening", "judging", "keeping"].includes(state);
  at("after").hidden = state !== "good";
  at("listen-take").hidden = !["good", "bad"].includes(state) || !take?.heard;
}

/* Choose a text: it is put on the desk; the microphone stays open. */
function choose(next, focus = true) {
  if (!next) return;
  if (recorder?.chunks) recorder.stop();
  playing.abort();
  row = next;
  take = undefined;
  const { line, text, within, before, kind, state } = row.dataset;
  desk.dataset.name = line;
  at("kind").textContent = kind;
  at("text").textContent = text;
  at("within").hidden = !within;
  at("within-text").textContent = within;
  at("before").hidden = !before;
  at("before-text").textContent = before;
  at("remove").hidden = state !== "recorded";
  at("remove").action = `${desk.dataset.root}/studio/remove/${line}`;
  for (const one of rows) one.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  bring(row);
  show(sound ? "ready" : "idle");
  if (focus) at("record").focus();
}

/* Into view within its list, without moving the page. */
function bring(one) {
  const list = at("lines");
  const [outer, inner] = [list.getBoundingClientRect(), one.getBoundingClientRect()];
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}

/* The next text without a recording, else simply the next. */
function following() {
  const after = rows.slice(rows.indexOf(row) + 1);
  return after.find((one) => one.dataset.state !== "recorded") ?? after[0];
}

async function open() {
  show("opening");
  at("no-microphone").hidden = true;
  try {
    sound ??= await Sound.open();
    await sound.listen(AS_IT_IS);
    recorder = new Recorder(sound);
    recorder.addEventListener("level", ({ detail }) => meter(detail));
    recorder.addEventListener("stopped", stop);
    return true;
  } catch (error) {
    const why = whyNot(error);
    at("no-microphone").hidden = false;
    for (const one of document.querySelectorAll("[data-why]")) one.hidden = one.dataset.why !== why;
    show("idle");
    return false;
  }
}

/* Steps of 3 dB from -48: what is loud enough fills half of it. */
function meter({ level, peak, hint }) {
  const decibels = 20 * Math.log10(level + 1e-6);
  const share = Math.max(0, Math.min(1, (decibels + 50) / 44));
  at("meter").style.setProperty("--level", share.toFixed(2));
  at("meter").dataset.hint = peak > 0.985 ? "loud" : "";
  if (desk.dataset.state === "recording" && hint !== "over") {
    const text = words[`hint${hint}`];
    if (at("verdict").textContent !== text) at("verdict").textContent = text;
  }
}

async function record() {
  if (desk.dataset.state === "recording") return stop();
  playing.abort();
  if (!recorder && !(await open())) return undefined;
  recorder.start();
  return show("recording", words.hintspeak);
}

async function stop() {
  if (desk.dataset.state !== "recording") return;
  const file = wav(recorder.stop());
  show("judging");
  const [name, told] = [desk.dataset.name, await send("judge", desk.dataset.name, file)];
  if (name !== desk.dataset.name) return;
  take = { file, heard: told.sound && bytes(told.sound) };
  show(told.fine ? "good" : "bad", told.said);
  if (told.fine) {
    at("keep").focus();
    listen();
  } else at("record").focus();
}

async function keep() {
  playing.abort();
  show("keeping");
  const told = await send("keep", desk.dataset.name, take.file);
  if (!told.fine) return show("bad", told.said);
  recorded(row, told);
  const next = following();
  if (next) choose(next);
  return show("ready", told.said);
}

/* A text is recorded: its row, the figures and the bar say so. */
function recorded(one, { counts }) {
  if (one && one.dataset.state !== "recorded") at("done").textContent = at("progress").value += 1;
  if (one) {
    Object.assign(one.dataset, { state: "recorded", before: "" });
    one.querySelector("[data-state-word]").textContent = words.recorded;
  }
  if (at("all-done")) at("all-done").textContent = counts.recorded;
  for (const state of ["stale", "missing"]) {
    for (const count of document.querySelectorAll(`[data-count="${state}"]`)) count.textContent = counts[state];
  }
}

async function send(what, name, file) {
  const headers = { "Content-Type": "audio/wav", "X-Token": desk.dataset.token };
  try {
    const url = `${desk.dataset.root}/studio/takes/${encodeURIComponent(name)}/${what}`;
    const response = await fetch(url, { method: "POST", headers, body: file });
    if (response.redirected) location.reload();
    return await response.json();
  } catch {
    return { fine: false, said: words.unreachable };
  }
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)).buffer;
}

async function listen() {
  playing.abort();
  playing = new AbortController();
  await sound.playFile(take.heard.slice(0), playing.signal).catch(() => undefined);
}

/* How the text is heard today; needs no microphone. */
async function listenToday() {
  playing.abort();
  playing = new AbortController();
  try {
    sound ??= await Sound.open();
    await sound.play(`${desk.dataset.root}/studio/sounds/${encodeURIComponent(desk.dataset.name)}`, playing.signal);
  } catch {
    at("verdict").textContent = words.unreachable;
  }
}

/* Files whose names are those of the texts, of any kind of sound that the browser knows. */
async function takeIn(files) {
  at("imported").replaceChildren();
  for (const file of files) {
    const item = at("imported").appendChild(document.createElement("li"));
    const name = file.name.replace(/\.[^.]*$/, "");
    item.textContent = `${file.name} : …`;
    const told = await decoded(await file.arrayBuffer())
      .then((samples) => send("keep", name, wav(samples)))
      .catch(() => ({ fine: false, said: words.nosound }));
    item.textContent = `${file.name} : ${told.said}`;
    item.className = told.fine ? "fine" : "unfit";
    if (told.fine) recorded(rows.find((one) => one.dataset.keys.split(" ").includes(name)), told);
  }
}

at("record").addEventListener("click", record);
at("keep").addEventListener("click", keep);
at("listen-take").addEventListener("click", listen);
at("listen-today").addEventListener("click", listenToday);
at("skip").addEventListener("click", () => choose(following()));
at("files").addEventListener("change", ({ target }) => takeIn(Array.from(target.files)));
at("group").addEventListener("change", ({ target }) => target.form.requestSubmit());
for (const one of rows) {
  one.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(one);
  });
}
addEventListener("pagehide", () => sound?.rest());
if (row) choose(row, false);
desk.dataset.ready = "yes";
