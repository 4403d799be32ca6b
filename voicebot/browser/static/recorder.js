// Recording one take: from the order to begin until somebody stops, has spoken and is silent, or takes too long.

/** A frame (20 ms) louder than this is a voice near the microphone. */
const LOUD = 0.012;
/** So many frames of voice are words; a click is shorter. */
const WORDS = 8;
/** After words, so many frames of silence are the end: 1.6 s. */
const QUIET = 80;
const LONGEST = 1500;

/** Events: "level" (detail: {level, peak, hint}), "stopped" by itself. `hint`: speak, loud, going, over. */
export class Recorder extends EventTarget {
  constructor(sound) {
    super();
    this.sound = sound;
    sound.addEventListener("recorded", ({ detail }) => this.chunks?.push(detail.recorded));
    sound.addEventListener("frame", ({ detail }) => this.hear(detail));
    sound.order({ listen: true });
  }

  start() {
    Object.assign(this, { chunks: [], voiced: 0, quiet: 0, frames: 0, loud: 0 });
    this.sound.order({ record: true });
  }

  /** The samples since `start`. */
  stop() {
    this.sound.order({ record: false });
    const chunks = this.chunks ?? [];
    this.chunks = undefined;
    const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    chunks.reduce((at, chunk) => {
      samples.set(chunk, at);
      return at + chunk.length;
    }, 0);
    return samples;
  }

  hear({ level, peak }) {
    const hint = this.chunks ? this.follow(level, peak) : "";
    this.dispatchEvent(new CustomEvent("level", { detail: { level, peak, hint } }));
    if (this.chunks && (hint === "over" || this.frames > LONGEST)) this.dispatchEvent(new Event("stopped"));
  }

  follow(level, peak) {
    this.frames += 1;
    if (peak > 0.985) this.loud = 25;
    else this.loud -= 1;
    if (level > LOUD) {
      this.voiced += 1;
      this.quiet = 0;
    } else this.quiet += 1;
    if (this.voiced >= WORDS && this.quiet >= QUIET) return "over";
    if (this.loud > 0) return "loud";
    return this.voiced < WORDS ? "speak" : "going";
  }
}
