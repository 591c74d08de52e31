/** Faster or slower speech at its own pitch, by overlapping pieces that fit each other (WSOLA). */

const HOP_S = 0.012;
/** How far a piece may be moved to fit: more than half the period of the deepest voice. */
const SEARCH_S = 0.008;
/** The likeness of two pieces is looked for in steps of so many samples, then to the sample. */
const COARSE = 4;
/** So long it computes before the page gets its turn. */
const SLICE_MS = 8;

/** Place `x` of the result is place `x * factor` of the sound, to within 8 ms. About 10 ms of computing a second of sound, the turns of the page included. */
export async function stretched(sound: AudioBuffer, factor: number): Promise<AudioBuffer> {
  if (factor === 1) return sound;
  const { sampleRate, numberOfChannels } = sound;
  const hop = Math.round(HOP_S * sampleRate);
  const out = new AudioBuffer({ length: Math.max(1, Math.round(sound.length / factor)), numberOfChannels, sampleRate });
  const from = Array.from({ length: numberOfChannels }, (_, channel) => sound.getChannelData(channel));
  const to = Array.from({ length: numberOfChannels }, (_, channel) => out.getChannelData(channel));
  const search = Math.round(SEARCH_S * sampleRate);
  let goesOn = 0;
  let until = performance.now() + SLICE_MS;
  for (let at = 0; at < out.length; at += hop) {
    const wanted = Math.round(at * factor);
    const start = at === 0 ? 0 : fitting(from[0] ?? new Float32Array(), goesOn, wanted, search, hop);
    for (const [channel, samples] of from.entries()) blend(samples, goesOn, start, to[channel] ?? samples, at, hop);
    goesOn = start + hop;
    if (performance.now() > until) {
      await new Promise((resolve) => setTimeout(resolve));
      until = performance.now() + SLICE_MS;
    }
  }
  return out;
}

/** Passes over from what would go on to the next piece. */
function blend(samples: Float32Array, goesOn: number, start: number, out: Float32Array, at: number, hop: number): void {
  const count = Math.min(hop, out.length - at);
  for (let frame = 0; frame < count; frame += 1) {
    const weight = 0.5 - 0.5 * Math.cos((Math.PI * frame) / hop);
    out[at + frame] = (samples[goesOn + frame] ?? 0) * (1 - weight) + (samples[start + frame] ?? 0) * weight;
  }
}

/** The place near `wanted` that is most like what would go on by itself. */
function fitting(samples: Float32Array, goesOn: number, wanted: number, search: number, hop: number): number {
  const coarse = best(samples, goesOn, wanted, search, COARSE, hop);
  return best(samples, goesOn, coarse, COARSE - 1, 1, hop);
}

function best(samples: Float32Array, goesOn: number, middle: number, reach: number, step: number, hop: number): number {
  let found = middle;
  let most = -Infinity;
  for (let start = Math.max(0, middle - reach); start <= middle + reach; start += step) {
    const like = likeness(samples, goesOn, start, step, hop);
    if (like > most) {
      most = like;
      found = start;
    }
  }
  return found;
}

function likeness(samples: Float32Array, one: number, other: number, step: number, hop: number): number {
  let product = 0;
  let energy = 1e-9;
  for (let frame = 0; frame < hop; frame += step) {
    const there = samples[other + frame] ?? 0;
    product += (samples[one + frame] ?? 0) * there;
    energy += there * there;
  }
  return product / Math.sqrt(energy);
}
