/** Fetches and decodes takes when they are wanted, into a context of the masters' own sample rate, and gives it all back when closed. */
import { QueryObserver, type QueryClient } from '@tanstack/react-query';
import { asProblem } from '../api/client.ts';
import { length } from '../ui/figures.ts';
import { spansOf } from './heard.ts';
import { player as onePlayer } from './player.ts';
import type { Word } from './playhead.ts';
import { nowPlaying, onPlaying } from './playing.ts';
import { TakePlayer, type Take } from './takes.ts';
import { audioUrl } from './track.ts';
import { wordsQuery } from './wordsQueries.ts';

export interface TakeSource {
  /** The version's id. */
  readonly id: string;
  readonly durationMs: number;
  readonly sampleRateHz: number;
  readonly loudnessLufs: number | null;
  readonly truePeakDbtp: number | null;
}

export interface Loading {
  readonly state: 'idle' | 'loading' | 'ready' | 'failed';
  /** What went wrong, while `failed`. */
  readonly error: string | null;
  /** There while `ready`. */
  readonly player: TakePlayer | null;
}

/** Decoded, a minute of 24 kHz takes 5.8 MB, and about as much again at another speed: so much fits into any tab. */
export const MOST_MS = 40 * 60_000;

const IDLE: Loading = { state: 'idle', error: null, player: null };

export class TakeLoader {
  readonly #sources: readonly TakeSource[];
  readonly #client: QueryClient;
  readonly #listeners = new Set<() => void>();
  #loading = IDLE;
  #end: (() => void) | null = null;

  constructor(sources: readonly TakeSource[], client: QueryClient) {
    this.#sources = sources;
    this.#client = client;
  }

  readonly snapshot = (): Loading => this.#loading;

  readonly subscribe = (tell: () => void) => {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  };

  /** Does nothing where that is done or under way. Browsers want it to come from a press of a key or button. */
  load(then?: 'play'): void {
    if (this.#loading.state === 'loading' || this.#loading.state === 'ready') return;
    const whole = this.#sources.reduce((sum, source) => sum + source.durationMs, 0);
    if (whole > MOST_MS) {
      const error = `These takes last ${length(whole)} together. At most ${length(MOST_MS)} fit into the player; choose fewer.`;
      this.#set({ state: 'failed', error, player: null });
      return;
    }
    void this.#open(then);
  }

  /** Silence, and the memory is free again; it can be loaded anew. */
  readonly close = (): void => {
    this.#end?.();
    this.#end = null;
    this.#set(IDLE);
  };

  async #open(then: 'play' | undefined) {
    const abort = new AbortController();
    const context = new AudioContext({ sampleRate: Math.max(8000, ...this.#sources.map((source) => source.sampleRateHz)) });
    const stops: (() => void)[] = [];
    this.#end = () => {
      abort.abort();
      for (const stop of stops) stop();
      this.#loading.player?.close();
      void context.close();
    };
    this.#set({ state: 'loading', error: null, player: null });
    try {
      const takes = await Promise.all(this.#sources.map((source) => this.#take(source, context, abort.signal)));
      if (abort.signal.aborted) return;
      const made = new TakePlayer(context, takes, context.destination, takes.map(({ id }) => spansOf(id)));
      stops.push(oneAtATime(made), ...this.#sources.map(({ id }, take) => this.#laterWords(id, (words) => made.timed(take, words))));
      this.#set({ state: 'ready', error: null, player: made });
      if (then) made.play();
    } catch (error) {
      if (abort.signal.aborted) return;
      this.close();
      this.#set({ state: 'failed', error: asProblem(error).message, player: null });
    }
  }

  async #take(source: TakeSource, context: AudioContext, signal: AbortSignal): Promise<Take> {
    // Without its words a take can still be heard: it is then switched to by the second.
    const words = this.#client.query(wordsQuery(source.id)).catch(() => null);
    const answer = await fetch(audioUrl(source.id), { signal });
    if (!answer.ok) throw new Error(`The audio of a take could not be loaded (${answer.status}).`);
    const audio = await context.decodeAudioData(await answer.arrayBuffer());
    return {
      id: source.id,
      audio,
      loudnessLufs: source.loudnessLufs ?? Number.NaN,
      truePeakDbtp: source.truePeakDbtp ?? Number.NaN,
      words: (await words)?.words ?? [],
    };
  }

  /** Recognition may time the words only after the take is there, and live news then ask for them again. */
  #laterWords(version: string, tell: (words: readonly Word[]) => void): () => void {
    return new QueryObserver(this.#client, wordsQuery(version)).subscribe(({ data }) => data && tell(data.words));
  }

  #set(loading: Loading) {
    this.#loading = loading;
    for (const tell of this.#listeners) tell();
  }
}

/** A page makes one sound at a time, at one volume: takes stop for the one player, and the one player for takes. */
function oneAtATime(takes: TakePlayer): () => void {
  const follow = () => {
    const { state, volume } = nowPlaying();
    takes.volume(volume);
    if (state === 'playing' || state === 'loading') takes.pause();
  };
  const lead = () => {
    if (takes.playing) onePlayer.pause();
  };
  follow();
  const stops = [onPlaying(follow), takes.subscribe(lead)];
  return () => {
    for (const stop of stops) stop();
  };
}
