// Sound at another sampling rate, chunk by chunk: a windowed sinc, so that nothing is mirrored into the voice band.

/** Zero crossings on each side: 24 at 8 kHz delay by 3 ms. */
const CROSSINGS = 24;
/** Steps of the kernel between two crossings. */
const STEPS = 256;
/** The pass band ends at this share of the lower rate's half. */
const PASS = 0.92;

export class Resampler {
  constructor(fromHz, toHz) {
    this.step = fromHz / toHz;
    const scale = PASS * Math.min(1, toHz / fromHz);
    this.reach = CROSSINGS / scale;
    this.kernel = kernel(scale);
    this.density = STEPS * scale;
    this.held = new Float32Array(2 * Math.ceil(this.reach));
    this.at = this.reach;
  }

  /** The samples that are ready after `input`. */
  process(input) {
    const all = new Float32Array(this.held.length + input.length);
    all.set(this.held);
    all.set(input, this.held.length);
    const count = Math.max(0, Math.ceil((all.length - this.reach - this.at) / this.step));
    const output = new Float32Array(count);
    for (let n = 0; n < count; n += 1) output[n] = this.sample(all, this.at + n * this.step);
    this.at += count * this.step;
    const done = Math.max(0, Math.floor(this.at - this.reach));
    this.held = all.slice(done);
    this.at -= done;
    return output;
  }

  sample(all, at) {
    const last = Math.min(all.length - 1, Math.floor(at + this.reach));
    let sum = 0;
    for (let i = Math.max(0, Math.ceil(at - this.reach)); i <= last; i += 1) {
      sum += all[i] * this.kernel[Math.round(Math.abs(i - at) * this.density)];
    }
    return sum;
  }
}

/** One side of the kernel: a sinc under a Blackman window. */
function kernel(scale) {
  const length = CROSSINGS * STEPS;
  return Float32Array.from({ length: length + 2 }, (_, i) => {
    if (i >= length) return 0;
    const x = (Math.PI * i) / STEPS;
    const turn = (Math.PI * i) / length;
    const window = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
    return scale * window * (i ? Math.sin(x) / x : 1);
  });
}
