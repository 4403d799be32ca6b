// Recorded sound as a WAV file: one channel, 16 bits.

import { Resampler } from "./resampler.js";

/** The rate of what is recorded: twice what the telephone carries. */
export const RECORDED_HZ = 16000;
const HEADER = 44;

/** The bytes of a WAV file of `samples` (-1 to 1) at RECORDED_HZ. */
export function wav(samples) {
  const view = new DataView(new ArrayBuffer(HEADER + 2 * samples.length));
  const text = (at, letters) => [...letters].forEach((letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  const numbers = [[4, view.byteLength - 8], [16, 16], [24, RECORDED_HZ], [28, 2 * RECORDED_HZ], [40, 2 * samples.length]];
  for (const [at, letters] of [[0, "RIFF"], [8, "WAVEfmt "], [36, "data"]]) text(at, letters);
  for (const [at, number] of numbers) view.setUint32(at, number, true);
  for (const [at, number] of [[20, 1], [22, 1], [32, 2], [34, 16]]) view.setUint16(at, number, true);
  samples.forEach((sample, n) => {
    view.setInt16(HEADER + 2 * n, Math.round(32767 * Math.max(-1, Math.min(1, sample))), true);
  });
  return view.buffer;
}

/** A sound file of any kind that the browser knows, as samples at RECORDED_HZ. Throws when it knows it not. */
export async function decoded(bytes) {
  const buffer = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
  const mixed = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    buffer.getChannelData(channel).forEach((sample, n) => {
      mixed[n] += sample / buffer.numberOfChannels;
    });
  }
  return new Resampler(buffer.sampleRate, RECORDED_HZ).process(mixed);
}
