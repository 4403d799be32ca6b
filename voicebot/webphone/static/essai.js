// The page: buttons, pictures and words, and what belongs to them.

import { Call } from "./call.js";
import { Drawing } from "./drawing.js";
import { Live } from "./live.js";
import { Sound, whyNot } from "./sound/sound.js";
import { Texting } from "./texting.js";
import { Voices } from "./voices.js";

/** A frame louder than this is somebody speaking; quieter ones are the room. */
const LOUD = 0.015;
/** After speech, so long a silence is the end of it; so much longer and nobody is thinking about it any more. */
const PAUSE_MS = 500;
const PATIENCE_MS = 8000;

const at = (id) => document.getElementById(id);
const phone = at("phone");
const words = at("words").dataset;
const texting = new Texting(at("texting"), at("texts"), words);
const drawing = new Drawing(at("drawing"), at("drawing-topic"));
const live = new Live(at("turns"), at("turn"), words, {
  onTurn: (turn) => drawing.show(turn),
  onText: (text) => {
    texting.add(text, "theirs arrived");
    sound?.arrived();
    at("text-badge").hidden = at("texting-pane").open;
  },
});

let call;
let sound;

/** What the pictures show: idle, ringing, speaking, listening, hearing, thinking, ended or broken. */
function show(state) {
  if (phone.dataset.state === state) return;
  phone.dataset.state = state;
  at("doing").textContent = words[state];
}

/** What is told to who does not see the pictures; while the assistant speaks, nothing is. */
function tell(text) {
  at("status").textContent = text;
}

async function begin() {
  at("call").disabled = true;
  at("no-microphone").hidden = true;
  show("ringing");
  tell(words.ringing);
  try {
    sound ??= watched(await Sound.open());
    await withMicrophone();
    sound.ring();
    await talk();
  } catch {
    end("broken");
  }
}

/** Without a microphone the call goes on all the same: one reads, listens and writes. */
async function withMicrophone() {
  try {
    await sound.listen();
    phone.dataset.microphone = "on";
  } catch (error) {
    const why = whyNot(error);
    phone.dataset.microphone = why;
    at("no-microphone").hidden = false;
    for (const one of at("no-microphone").querySelectorAll("[data-why]")) one.hidden = one.dataset.why !== why;
    openPane("write");
  }
}

async function talk() {
  call = new Call(sound);
  call.addEventListener("begun", ({ detail }) => live.follow(detail));
  call.addEventListener("media", () => show("speaking"), { once: true });
  call.addEventListener("mark", ({ detail }) => detail === "listen" && show("listening"));
  call.addEventListener("said", ({ detail }) => tell(detail));
  at("call").hidden = true;
  at("in-call").hidden = false;
  (phone.dataset.microphone === "on" ? at("hang-up") : at("written")).focus();
  tell(words.answered);
  await call.run();
  end("ended");
}

function end(state) {
  sound?.rest();
  if (call) sound?.hungUp();
  call = undefined;
  openPane("");
  at("in-call").hidden = true;
  at("no-microphone").hidden = true;
  at("call").hidden = false;
  at("call").disabled = false;
  at("call").focus();
  show(state);
  tell(words[state]);
}

let quietSince = 0;
let spoke = false;

/** The pictures follow what is heard on the line. */
function watched(opened) {
  opened.addEventListener("playing", ({ detail }) => {
    if (call && detail.playing) show("speaking");
    spoke = false;
  });
  opened.addEventListener("frame", ({ detail }) => {
    phone.style.setProperty("--level", Math.min(1, detail.level * 8).toFixed(2));
    if (call) follow(detail.level > LOUD, performance.now());
  });
  return opened;
}

function follow(loud, now) {
  const state = phone.dataset.state;
  if (!["listening", "hearing", "thinking"].includes(state)) return;
  if (loud) {
    spoke = true;
    quietSince = now;
    show("hearing");
  } else if (spoke && now - quietSince > PATIENCE_MS) {
    spoke = false;
    show("listening");
  } else if (spoke && now - quietSince > PAUSE_MS) {
    show("thinking");
  }
}

/** Show the keypad, the writing field, or neither (""). */
function openPane(name) {
  for (const one of ["keys", "write"]) {
    at(`${one}-pane`).hidden = one !== name;
    at(`${one}-button`).setAttribute("aria-expanded", String(one === name));
  }
}

function toggle(name, focus) {
  const closed = at(`${name}-pane`).hidden;
  openPane(closed ? name : "");
  if (closed) focus.focus();
}

at("call").addEventListener("click", begin);
at("hang-up").addEventListener("click", () => call?.hangUp());
at("keys-button").addEventListener("click", () => toggle("keys", at("keys-pane").querySelector("button")));
at("write-button").addEventListener("click", () => toggle("write", at("written")));
at("keys-pane").addEventListener("click", ({ target }) => {
  const key = target.closest("button");
  if (key) call?.press(key.value);
});
at("write-pane").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("written").value.trim();
  at("written").value = "";
  if (!text || !call) return;
  show("thinking");
  call.write(text);
});
document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (!call || ctrlKey || metaKey || altKey || target.matches("input")) return;
  if (/^[0-9*#]$/.test(key)) call.press(key);
});
addEventListener("pagehide", () => call?.hangUp());
at("texting-pane").addEventListener("toggle", () => {
  at("text-badge").hidden = true;
});

new Voices(at("voices-pane"), at("voices"), words);

if (matchMedia("(min-width: 64rem)").matches) {
  for (const pane of document.querySelectorAll("details[data-wide]")) pane.open = true;
}
phone.dataset.ready = "yes";
