// The ends of the line: microphone to 20 ms frames of μ-law, and frames to the loudspeaker, with marks in between.
//
// In: {frame: Uint8Array}, {mark: name}, {clear: true}, {listen: boolean}, {record: boolean}.
// Out: {frame: Uint8Array, level: number, peak: number}, {mark: name}, {playing: boolean}, and while recording
// {recorded: Float32Array} at RECORDED_HZ (wav.js).

import { decode, encode } from "./mulaw.js";
import { Resampler } from "./resampler.js";
import { RECORDED_HZ } from "./wav.js";

const TELEPHONE_HZ = 8000;
const FRAME = 160;
/** While nothing waits, the loudspeaker is fed this many silent samples at a time. */
const IDLE = 16;

class Telephone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.down = new Resampler(sampleRate, TELEPHONE_HZ);
    this.up = new Resampler(TELEPHONE_HZ, sampleRate);
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.energy = 0;
    this.peak = 0;
    this.waiting = [];
    this.ready = new Float32Array(0);
    this.playing = false;
    this.listening = false;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(order) {
    if (order.clear) this.clear();
    else if ("listen" in order) this.listening = order.listen;
    else if ("record" in order) this.wide = order.record ? new Resampler(sampleRate, RECORDED_HZ) : undefined;
    else this.waiting.push(order);
  }

  clear() {
    const marks = this.waiting.filter((one) => one.mark);
    this.waiting = [];
    this.ready = new Float32Array(0);
    for (const { mark } of marks) this.port.postMessage({ mark });
  }

  process(inputs, outputs) {
    const speaker = outputs[0][0];
    const heard = inputs[0][0] ?? new Float32Array(speaker.length);
    if (this.wide) this.port.postMessage({ recorded: this.wide.process(heard) });
    if (this.listening) this.hear(heard);
    this.speak(speaker);
    return true;
  }

  hear(input) {
    for (const sample of input) this.peak = Math.max(this.peak, Math.abs(sample));
    for (const sample of this.down.process(input)) {
      this.frame[this.filled] = encode(sample);
      this.energy += sample * sample;
      this.filled += 1;
      if (this.filled === FRAME) this.send();
    }
  }

  send() {
    const frame = this.frame;
    this.port.postMessage({ frame, level: Math.sqrt(this.energy / FRAME), peak: this.peak }, [frame.buffer]);
    this.peak = 0;
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.energy = 0;
  }

  speak(speaker) {
    while (this.ready.length < speaker.length) this.prepare();
    speaker.set(this.ready.subarray(0, speaker.length));
    this.ready = this.ready.slice(speaker.length);
  }

  prepare() {
    const next = this.waiting.shift();
    if (next?.mark) {
      this.port.postMessage({ mark: next.mark });
      return;
    }
    this.tell(Boolean(next));
    const samples = next ? Float32Array.from(next.frame, decode) : new Float32Array(IDLE);
    const sound = this.up.process(samples);
    const ready = new Float32Array(this.ready.length + sound.length);
    ready.set(this.ready);
    ready.set(sound, this.ready.length);
    this.ready = ready;
  }

  tell(playing) {
    if (playing === this.playing) return;
    this.playing = playing;
    this.port.postMessage({ playing });
  }
}

registerProcessor("telephone", Telephone);
