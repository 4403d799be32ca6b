// The browser's ears and mouth: microphone, loudspeaker, and the small sounds of a telephone.

/** The two tones of each key. Source: ITU-T Q.23. */
const ROWS = { 1: 697, 2: 697, 3: 697, 4: 770, 5: 770, 6: 770, 7: 852, 8: 852, 9: 852, "*": 941, 0: 941, "#": 941 };
const COLUMNS = { 1: 1209, 4: 1209, 7: 1209, "*": 1209, 2: 1336, 5: 1336, 8: 1336, 0: 1336, 3: 1477, 6: 1477, 9: 1477, "#": 1477 };
const FRENCH_TONE_HZ = 440;
const SOFT = 0.05;

/** Why there is no microphone: "refused" by the person or the page's address, or "missing". */
export function whyNot(error) {
  return ["NotAllowedError", "SecurityError"].includes(error.name) ? "refused" : "missing";
}

export class Sound extends EventTarget {
  /** To be called when somebody has just touched the page: browsers allow no sound before. */
  static async open() {
    const sound = new Sound();
    await sound.start();
    return sound;
  }

  async start() {
    this.context = new AudioContext({ latencyHint: "interactive" });
    const resumed = this.context.resume();
    await this.context.audioWorklet.addModule(new URL("telephone-worklet.js", import.meta.url));
    await resumed;
    this.line = new AudioWorkletNode(this.context, "telephone", { outputChannelCount: [1] });
    this.line.connect(this.context.destination);
    this.line.port.onmessage = ({ data }) => this.tell(data);
  }

  /** Connect the microphone. Throws what `getUserMedia` throws, or a TypeError where there is none at all. */
  async listen(audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }) {
    this.microphone = await navigator.mediaDevices.getUserMedia({ audio });
    this.context.createMediaStreamSource(this.microphone).connect(this.line);
  }

  /** Give an order to the line: see telephone-worklet.js. */
  order(order) {
    this.line.port.postMessage(order);
  }

  tell(news) {
    for (const name of ["frame", "mark", "playing", "recorded"]) {
      if (name in news) this.dispatchEvent(new CustomEvent(name, { detail: news }));
    }
  }

  /** Play a WAV file to its end, or until `signal` aborts. */
  async play(address, signal) {
    const response = await fetch(address, { signal });
    await this.playFile(await response.arrayBuffer(), signal);
  }

  /** The same with the bytes of the file. */
  async playFile(bytes, signal) {
    const buffer = await this.context.decodeAudioData(bytes);
    if (signal.aborted) return;
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.context.destination);
    await new Promise((done) => {
      source.onended = done;
      signal.addEventListener("abort", () => source.stop());
      source.start();
    });
  }

  key(digit) {
    this.tone([ROWS[digit], COLUMNS[digit]], 0, 0.13);
  }

  ring() {
    this.tone([FRENCH_TONE_HZ], 0, 1.2);
  }

  hungUp() {
    for (const at of [0, 0.35, 0.7]) this.tone([FRENCH_TONE_HZ], at, 0.18);
  }

  arrived() {
    this.tone([880], 0, 0.12);
    this.tone([1175], 0.14, 0.2);
  }

  tone(pitches, at, seconds) {
    const start = this.context.currentTime + at;
    const gain = new GainNode(this.context, { gain: 0 });
    gain.connect(this.context.destination);
    gain.gain.setTargetAtTime(SOFT, start, 0.008);
    gain.gain.setTargetAtTime(0, start + seconds, 0.015);
    for (const frequency of pitches) {
      const tone = new OscillatorNode(this.context, { frequency });
      tone.connect(gain);
      tone.start(start);
      tone.stop(start + seconds + 0.2);
    }
  }

  /** Let the microphone go, so that the browser stops showing that it listens; sounds may still end. */
  rest() {
    this.order({ listen: false });
    this.order({ clear: true });
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    this.microphone = undefined;
  }
}
