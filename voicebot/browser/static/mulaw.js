// Telephone sound: one byte a sample, μ-law (ITU-T G.711). Samples are numbers from -1 to 1.

const BIAS = 132;
const CLIP = 32635;

/** The μ-law byte of a sample. */
export function encode(sample) {
  const pcm = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
  const magnitude = Math.min(Math.abs(pcm), CLIP) + BIAS;
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 15;
  return ~((pcm < 0 ? 128 : 0) | (exponent << 4) | mantissa) & 255;
}

const TABLE = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 255;
  const magnitude = ((((code & 15) << 3) + BIAS) << ((code >> 4) & 7)) - BIAS;
  return (code & 128 ? -magnitude : magnitude) / 32768;
});

/** The sample of a μ-law byte. */
export function decode(byte) {
  return TABLE[byte];
}
