// One call: asks the service what to do, does it, and asks again, until somebody hangs up.

import { MediaStream } from "./media-stream.js";

/** Between two keys of one entry. */
const KEY_PAUSE_S = 2.5;

/** Ask the service; the answer is its next order. Throws when there is none. */
export async function ask(path, body) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`/essai${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok && response.status !== 503) throw new Error(`expected an answer, got ${response.status}`);
  return response.json();
}

/** Events: "begun" (detail: the call's permit), "media", "mark" (detail: its name), "said" (detail: a sentence). */
export class Call extends EventTarget {
  constructor(sound) {
    super();
    this.sound = sound;
    this.over = new AbortController();
    this.turn = 0;
  }

  /** From the first ring to the end. Throws when the service cannot be reached. */
  async run() {
    let order = await ask("/call", {});
    this.permit = order.call;
    this.tell("begun", order.call);
    while (order && !this.over.signal.aborted) order = await this.carryOut(order);
  }

  async carryOut(order) {
    if (order.said) this.tell("said", order.said);
    if (order.do === "stream") return this.stream(order);
    if (order.do === "keys") return this.gather(order);
    await this.playAll(order.sounds, this.over.signal);
    return null;
  }

  async stream(order) {
    const stream = new MediaStream(this.sound);
    for (const name of ["media", "mark"]) {
      stream.addEventListener(name, ({ detail }) => this.tell(name, detail));
    }
    this.line = stream;
    await stream.run(order.address, order.call_sid, order.parameters);
    this.line = undefined;
    return this.over.signal.aborted ? null : ask("/call/after", { call: this.permit });
  }

  /** Without an ear at the other end: say the question, then wait for keys or for something written. */
  async gather(order) {
    const entry = new Entry(order);
    this.line = entry;
    this.over.signal.addEventListener("abort", () => entry.finish());
    const playing = this.playAll(order.sounds, AbortSignal.any([this.over.signal, entry.begun]));
    this.tell("media");
    await playing;
    this.tell("mark", "listen");
    await entry.wait();
    this.line = undefined;
    if (this.over.signal.aborted) return null;
    const answer = { call: this.permit, turn: order.turn };
    return entry.text ? ask("/call/text", { ...answer, text: entry.text }) : ask("/call/keys", { ...answer, digits: entry.digits });
  }

  async playAll(addresses, signal) {
    for (const address of addresses) {
      if (signal.aborted) return;
      await this.sound.play(address, signal).catch(() => undefined);
    }
  }

  press(digit) {
    this.sound.key(digit);
    this.line?.press(digit);
  }

  write(text) {
    this.line?.write(text);
  }

  hangUp() {
    if (this.over.signal.aborted) return;
    this.over.abort();
    this.line?.hangUp?.();
    const body = new Blob([JSON.stringify({ call: this.permit })], { type: "application/json" });
    if (this.permit) navigator.sendBeacon("/essai/call/end", body);
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** What is typed on the keypad or written, until it is whole or the time is up. */
class Entry {
  constructor(order) {
    this.most = order.most;
    this.last = order.finish;
    this.timeout_s = order.timeout_s;
    this.digits = "";
    this.text = "";
    this.started = new AbortController();
    this.begun = this.started.signal;
    this.whole = new Promise((done) => {
      this.finish = done;
    });
  }

  wait() {
    if (!this.begun.aborted) this.timer = setTimeout(this.finish, 1000 * this.timeout_s);
    return this.whole;
  }

  press(digit) {
    this.started.abort();
    clearTimeout(this.timer);
    this.digits += digit;
    if (digit === this.last || this.digits.length === this.most) this.finish();
    else this.timer = setTimeout(this.finish, 1000 * KEY_PAUSE_S);
  }

  write(text) {
    this.text = text;
    this.started.abort();
    this.finish();
  }
}
