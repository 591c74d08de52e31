/** Sounds for the tests of the players, and what comes out of a player, sample by sample. */
import type { Word } from '../src/audio/playhead.ts';
import { TakePlayer, type Take } from '../src/audio/takes.ts';

export const RATE = 24_000;

export function sound(samples: Float32Array<ArrayBuffer>): AudioBuffer {
  const buffer = new AudioBuffer({ length: samples.length, numberOfChannels: 1, sampleRate: RATE });
  buffer.copyToChannel(samples, 0);
  return buffer;
}

/** The same for the same seed. */
export function noise(seconds: number, loud = 0.5, seed = 1): Float32Array<ArrayBuffer> {
  let state = seed;
  return new Float32Array(Math.round(seconds * RATE)).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 31 - 1) * loud;
  });
}

export function tone(seconds: number, hertz: number, loud = 0.5): Float32Array<ArrayBuffer> {
  return new Float32Array(Math.round(seconds * RATE)).map((_, at) => Math.sin((at / RATE) * 2 * Math.PI * hertz) * loud);
}

export function take(samples: Float32Array<ArrayBuffer>, other: Partial<Take> = {}): Take {
  return { id: 'v-1', audio: sound(samples), loudnessLufs: Number.NaN, truePeakDbtp: Number.NaN, words: [], ...other };
}

/** One word after another, each of `eachMs` with a pause of `pauseMs` behind it. */
export function words(text: string, eachMs: number, pauseMs: number, beginsMs = 0): Word[] {
  return text.split(' ').map((word, index) => {
    const startMs = beginsMs + index * (eachMs + pauseMs);
    return { text: word, startMs, endMs: startMs + eachMs };
  });
}

export interface Played {
  readonly out: Float32Array;
  /** At what sample of `out` that which was done at that second took place. */
  readonly due: (second: number) => number;
  readonly player: TakePlayer;
}

/** What a player of these takes gives in so many seconds; at each of `acts`' seconds something is done to it. */
export async function listen(seconds: number, takes: readonly Take[], acts: Record<number, (player: TakePlayer) => unknown>): Promise<Played> {
  const context = new OfflineAudioContext(1, Math.round(seconds * RATE), RATE);
  const player = new TakePlayer(context, takes);
  const times = new Map<number, number>();
  for (const [second, act] of Object.entries(acts)) {
    const at = Number(second);
    const then = async () => {
      times.set(at, Math.ceil((context.currentTime + 0.02) * RATE));
      await act(player);
    };
    if (at === 0) await then();
    else void context.suspend(at).then(then).then(() => context.resume());
  }
  const rendered = await context.startRendering();
  return { out: rendered.getChannelData(0), due: (second) => times.get(second) ?? Number.NaN, player };
}

export function loudest(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

/** The greatest step from one sample to the next. */
export function step(samples: Float32Array): number {
  let most = 0;
  for (let at = 1; at < samples.length; at += 1) most = Math.max(most, Math.abs((samples[at] ?? 0) - (samples[at - 1] ?? 0)));
  return most;
}

export function power(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** How far `out` from sample `at` on is from `samples` from `place` on, over `count` samples. */
export function residual(out: Float32Array, at: number, samples: Float32Array, place: number, count: number): number {
  let most = 0;
  for (let frame = 0; frame < count; frame += 1) most = Math.max(most, Math.abs((out[at + frame] ?? 0) - (samples[place + frame] ?? 0)));
  return most;
}
