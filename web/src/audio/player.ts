/** The one player: a single stream of sound for the whole page, on native audio elements, loaded only when it is wanted. */
import { keep } from '../ui/storage.ts';
import { nowPlaying, setPlaying, VOLUME_KEY, type Track } from './playing.ts';

const REASONS: Record<number, string> = {
  [MediaError.MEDIA_ERR_NETWORK]: 'The audio stopped arriving. Check the connection and try again.',
  [MediaError.MEDIA_ERR_DECODE]: 'The browser could not decode this audio.',
  [MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED]: 'The audio could not be loaded from the server.',
};

class Player {
  #audio: HTMLAudioElement | null = null;
  #spare: HTMLAudioElement | null = null;
  readonly #tickers = new Set<() => void>();
  #frame = 0;

  /** Calls back on every frame while it plays, and whenever the position moves otherwise. */
  readonly onPosition = (tell: () => void) => {
    this.#tickers.add(tell);
    return () => void this.#tickers.delete(tell);
  };

  /** In milliseconds of the track, whatever the speed. */
  position(): number {
    return (this.#audio?.currentTime ?? 0) * 1000;
  }

  duration(): number {
    const measured = this.#audio?.duration;
    return measured !== undefined && Number.isFinite(measured) ? measured * 1000 : (nowPlaying().track?.durationMs ?? 0);
  }

  /** Somebody hovers over or focuses its button: fetch it ahead, without disturbing what plays. */
  warm(track: Track): void {
    if (nowPlaying().track?.id === track.id || this.#spare?.dataset['track'] === track.id) return;
    this.#release(this.#spare);
    this.#spare = element(track);
  }

  load(track: Track): void {
    if (nowPlaying().track?.id === track.id && nowPlaying().state !== 'error') return;
    this.#release(this.#audio);
    const ready = this.#spare?.dataset['track'] === track.id ? this.#spare : element(track);
    if (ready === this.#spare) this.#spare = null;
    this.#audio = ready;
    this.#listen(ready);
    ready.playbackRate = nowPlaying().rate;
    ready.volume = nowPlaying().volume;
    if (ready.error) setPlaying({ track, state: 'error', error: reason(ready) });
    else setPlaying({ track, state: 'paused', error: null });
    this.#tick();
  }

  play(track?: Track): void {
    if (track) this.load(track);
    const audio = this.#audio;
    if (!audio) return;
    if (audio.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) setPlaying({ state: 'loading' });
    audio.play().catch((error: unknown) => {
      const name = error instanceof DOMException ? error.name : '';
      if (audio !== this.#audio || name === 'AbortError') return;
      if (name === 'NotAllowedError') setPlaying({ state: 'paused' });
      else setPlaying({ state: 'error', error: reason(audio) });
    });
  }

  pause(): void {
    this.#audio?.pause();
  }

  toggle(track?: Track): void {
    const same = !track || nowPlaying().track?.id === track.id;
    if (same && (nowPlaying().state === 'playing' || nowPlaying().state === 'loading')) this.pause();
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
    setPlaying({ rate });
  }

  setVolume(volume: number): void {
    if (this.#audio) this.#audio.volume = volume;
    keep(VOLUME_KEY, String(volume));
    setPlaying({ volume });
  }

  /** Silence, and no track: the dock goes away. */
  close(): void {
    this.#release(this.#audio);
    this.#audio = null;
    setPlaying({ track: null, state: 'idle', error: null });
    this.#tick();
  }

  readonly #tick = () => {
    cancelAnimationFrame(this.#frame);
    for (const tell of this.#tickers) tell();
    if (nowPlaying().state === 'playing') this.#frame = requestAnimationFrame(this.#tick);
  };

  #listen(audio: HTMLAudioElement) {
    const on = (event: string, then: () => void) =>
      audio.addEventListener(event, () => {
        if (audio !== this.#audio) return;
        then();
        this.#tick();
      });
    on('playing', () => setPlaying({ state: 'playing', error: null }));
    on('pause', () => setPlaying({ state: 'paused' }));
    on('waiting', () => setPlaying({ state: 'loading' }));
    on('error', () => setPlaying({ state: 'error', error: reason(audio) }));
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
