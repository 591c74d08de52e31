/** The one player: a single stream of sound for the whole page, on native audio elements, loaded only when it is wanted. */
import { keep, stored } from '../ui/storage.ts';

export interface Track {
  /** A version's id, or `sample:<voice>`. */
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly detail: string;
  readonly durationMs: number | null;
  /** Where it is at home; null for a voice's sample. */
  readonly version: { readonly id: string; readonly number: number; readonly assetId: string; readonly projectKey: string } | null;
}

export interface Playing {
  readonly track: Track | null;
  readonly state: 'idle' | 'loading' | 'playing' | 'paused' | 'error';
  readonly error: string | null;
  readonly rate: number;
  readonly volume: number;
}

const REASONS: Record<number, string> = {
  [MediaError.MEDIA_ERR_NETWORK]: 'The audio stopped arriving. Check the connection and try again.',
  [MediaError.MEDIA_ERR_DECODE]: 'The browser could not decode this audio.',
  [MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED]: 'The audio could not be loaded from the server.',
};

const VOLUME_KEY = 'voiceops.volume';

class Player {
  #audio: HTMLAudioElement | null = null;
  #spare: HTMLAudioElement | null = null;
  #playing: Playing = { track: null, state: 'idle', error: null, rate: 1, volume: Number(stored(VOLUME_KEY) ?? 1) };
  readonly #listeners = new Set<() => void>();
  readonly #tickers = new Set<() => void>();
  #frame = 0;

  readonly subscribe = (tell: () => void) => {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  };

  /** Calls back on every frame while it plays, and whenever the position moves otherwise. */
  readonly onPosition = (tell: () => void) => {
    this.#tickers.add(tell);
    return () => void this.#tickers.delete(tell);
  };

  readonly snapshot = () => this.#playing;

  /** In milliseconds of the track, whatever the speed. */
  position(): number {
    return (this.#audio?.currentTime ?? 0) * 1000;
  }

  duration(): number {
    const measured = this.#audio?.duration;
    return measured !== undefined && Number.isFinite(measured) ? measured * 1000 : (this.#playing.track?.durationMs ?? 0);
  }

  /** Somebody hovers over or focuses its button: fetch it ahead, without disturbing what plays. */
  warm(track: Track): void {
    if (this.#playing.track?.id === track.id || this.#spare?.dataset['track'] === track.id) return;
    this.#release(this.#spare);
    this.#spare = element(track);
  }

  load(track: Track): void {
    if (this.#playing.track?.id === track.id && this.#playing.state !== 'error') return;
    this.#release(this.#audio);
    const ready = this.#spare?.dataset['track'] === track.id ? this.#spare : element(track);
    if (ready === this.#spare) this.#spare = null;
    this.#audio = ready;
    this.#listen(ready);
    ready.playbackRate = this.#playing.rate;
    ready.volume = this.#playing.volume;
    if (ready.error) this.#set({ track, state: 'error', error: reason(ready) });
    else this.#set({ track, state: 'paused', error: null });
    this.#tick();
  }

  play(track?: Track): void {
    if (track) this.load(track);
    const audio = this.#audio;
    if (!audio) return;
    if (audio.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) this.#set({ state: 'loading' });
    audio.play().catch((error: unknown) => {
      const name = error instanceof DOMException ? error.name : '';
      if (audio !== this.#audio || name === 'AbortError') return;
      if (name === 'NotAllowedError') this.#set({ state: 'paused' });
      else this.#set({ state: 'error', error: reason(audio) });
    });
  }

  pause(): void {
    this.#audio?.pause();
  }

  toggle(track?: Track): void {
    const same = !track || this.#playing.track?.id === track.id;
    if (same && (this.#playing.state === 'playing' || this.#playing.state === 'loading')) this.pause();
    else this.play(track);
  }

  seek(ms: number, track?: Track): void {
    if (track) this.load(track);
    if (!this.#audio) return;
    this.#audio.currentTime = Math.min(Math.max(0, ms), this.duration()) / 1000;
    this.#tick();
  }

  setRate(rate: number): void {
    if (this.#audio) this.#audio.playbackRate = rate;
    this.#set({ rate });
  }

  setVolume(volume: number): void {
    if (this.#audio) this.#audio.volume = volume;
    keep(VOLUME_KEY, String(volume));
    this.#set({ volume });
  }

  /** Silence, and no track: the dock goes away. */
  close(): void {
    this.#release(this.#audio);
    this.#audio = null;
    this.#set({ track: null, state: 'idle', error: null });
    this.#tick();
  }

  #set(change: Partial<Playing>) {
    this.#playing = { ...this.#playing, ...change };
    for (const tell of this.#listeners) tell();
  }

  readonly #tick = () => {
    cancelAnimationFrame(this.#frame);
    for (const tell of this.#tickers) tell();
    if (this.#playing.state === 'playing') this.#frame = requestAnimationFrame(this.#tick);
  };

  #listen(audio: HTMLAudioElement) {
    const on = (event: string, then: () => void) =>
      audio.addEventListener(event, () => {
        if (audio !== this.#audio) return;
        then();
        this.#tick();
      });
    on('playing', () => this.#set({ state: 'playing', error: null }));
    on('pause', () => this.#set({ state: 'paused' }));
    on('waiting', () => this.#set({ state: 'loading' }));
    on('error', () => this.#set({ state: 'error', error: reason(audio) }));
    on('seeked', () => undefined);
    on('durationchange', () => undefined);
  }

  #release(audio: HTMLAudioElement | null) {
    if (!audio) return;
    delete audio.dataset['track'];
    if (audio === this.#audio) this.#audio = null;
    audio.pause();
    audio.removeAttribute('src');
    audio.load(); // stops the download
  }
}

function element(track: Track): HTMLAudioElement {
  const audio = new Audio();
  audio.dataset['track'] = track.id;
  audio.preload = 'auto';
  audio.src = track.url;
  return audio;
}

function reason(audio: HTMLAudioElement): string {
  return REASONS[audio.error?.code ?? 0] ?? 'The audio could not be played.';
}

export const player = new Player();
