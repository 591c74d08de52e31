/**
 * Plays one of several takes, and passes to another at the same word or the same second. All are decoded into one context and
 * everything is counted in samples of its clock: a switch starts the other take at the sample that is due and fades over, so
 * there is no gap, no click and no drift. Speed keeps the pitch: takes are stretched beforehand, and then played as they are.
 */
import { due, sounding } from './clock.ts';
import { Desk } from './desk.ts';
import { HeardSpans } from './heardSpans.ts';
import type { Playhead, Span, Word } from './playhead.ts';
import { Run, type Frames } from './run.ts';
import { SameWords } from './sameWord.ts';
import { stretched } from './stretch.ts';

export interface Take {
  readonly id: string;
  /** At the sample rate of the player's context, as decodeAudioData gives it. */
  readonly audio: AudioBuffer;
  /** Not finite where it could not be measured: such a take stays as loud as it is. */
  readonly loudnessLufs: number;
  readonly truePeakDbtp: number;
  readonly words: readonly Word[];
}

export type Hold = 'word' | 'time';

export class TakePlayer implements Playhead {
  readonly takes: readonly Take[];
  readonly #context: BaseAudioContext;
  readonly #desk: Desk;
  readonly #heard: readonly HeardSpans[];
  readonly #same: SameWords;
  readonly #listeners = new Set<() => void>();
  readonly #tickers = new Set<() => void>();
  #sounds: AudioBuffer[];
  #factor = 1;
  #wanted = 1;
  #active = 0;
  #volume = 1;
  #run: Run | null = null;
  /** Where it stands while nothing plays, ms. */
  #held = 0;
  /** As it was asked for, in the take it was asked for. */
  #loop: { take: number; span: Span } | null = null;
  #hold: Hold = 'word';
  #frame = 0;

  /** `heard`: where it is counted what was played of each take. */
  constructor(context: BaseAudioContext, takes: readonly Take[], destination: AudioNode = context.destination, heard = takes.map(() => new HeardSpans())) {
    this.#context = context;
    this.takes = takes;
    this.#same = new SameWords(takes.map(({ words, audio }) => ({ words, durationMs: audio.duration * 1000 })));
    this.#desk = new Desk(context, takes, destination);
    this.#heard = heard;
    this.#sounds = takes.map((take) => take.audio);
  }

  get active(): number {
    return this.#active;
  }

  get playing(): boolean {
    return this.#run !== null;
  }

  /** The speed in force: a new one takes effect when the takes are ready for it. */
  get factor(): number {
    return this.#factor;
  }

  get equal(): boolean {
    return this.#desk.equal;
  }

  /** What is repeated, in the active take. */
  get looped(): Span | null {
    if (!this.#loop) return null;
    const { take, span } = this.#loop;
    return this.#hold === 'time' ? span : this.#same.span(take, this.#active, span);
  }

  readonly subscribe = (tell: () => void) => {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  };

  readonly onPosition = (tell: () => void) => {
    this.#tickers.add(tell);
    return () => void this.#tickers.delete(tell);
  };

  /** What is heard now, ms of the active take. */
  readonly position = (): number => (this.#run ? this.#placeOf(this.#run, sounding(this.#context)) : this.#held);

  durationMs(take = this.#active): number {
    return (this.takes[take]?.audio.duration ?? 0) * 1000;
  }

  /** 0..1: the part of a take that was played, however often, and not at volume 0. */
  heard(take = this.#active): number {
    this.#count(sounding(this.#context));
    return this.#heard[take]?.share(this.durationMs(take)) ?? 0;
  }

  play(): void {
    if (this.#run || this.takes.length === 0) return;
    if (this.#context instanceof AudioContext && this.#context.state === 'suspended') void this.#context.resume();
    this.#start(due(this.#context), this.#held >= this.durationMs() - 1 ? 0 : this.#held);
    this.#tell();
  }

  pause(): void {
    if (this.#run) this.#again((place) => place, { plays: false });
  }

  seek(ms: number): void {
    this.#again(() => ms);
  }

  switchTo(take: number, hold: Hold): void {
    if (take === this.#active || !this.takes[take]) return;
    // Which words are alike can take a while to find out: it is known before the moment of the switch is set.
    for (const from of [this.#active, this.#loop?.take ?? take]) this.#same.place(from, take, 0);
    this.#again((place) => {
      const old = this.#active;
      this.#active = take;
      this.#hold = hold;
      return hold === 'time' ? place : this.#same.place(old, take, place);
    });
  }

  /** Repeats a span of the active take, and of the others what is alike; null goes on after it. */
  loop(span: Span | null): void {
    this.#again((place) => {
      this.#loop = span && { take: this.#active, span };
      return place;
    });
  }

  /** 0.5..2. It goes on at the earlier speed until the takes are ready. */
  speed(factor: number): void {
    const wanted = Math.min(2, Math.max(0.5, factor));
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    void this.#prepare(wanted);
  }

  /** Whether all takes are equally loud, or each as it was made. */
  level(equal: boolean): void {
    this.#desk.level(equal);
    this.#tell();
  }

  /** 0..1. */
  volume(volume: number): void {
    this.#count(sounding(this.#context));
    if (this.#run && (volume === 0) !== (this.#volume === 0)) this.#again((place) => place, { volume });
    this.#volume = volume;
    this.#desk.volume(volume);
  }

  /** When the words of a take are spoken became known, or known better. */
  timed(take: number, words: readonly Word[]): void {
    this.#same.timed(take, words);
  }

  close(): void {
    this.#wanted = Number.NaN;
    this.pause();
    this.#listeners.clear();
    this.#tickers.clear();
  }

  async #prepare(factor: number) {
    const sounds: AudioBuffer[] = [];
    for (const take of this.takes) {
      sounds.push(await stretched(take.audio, factor));
      if (this.#wanted !== factor) return;
    }
    this.#again((place) => {
      this.#sounds = sounds;
      this.#factor = factor;
      return place;
    });
  }

  /** Fades what plays out, changes something, and fades in from where it is to go on, all at one sample of the clock. */
  #again(change: (place: number) => number, { plays = this.playing, volume = this.#volume } = {}) {
    const now = due(this.#context);
    const place = this.#run ? this.#placeOf(this.#run, now) : this.#held;
    this.#count(now);
    this.#run?.end(now);
    this.#run = null;
    this.#volume = volume;
    this.#held = Math.min(Math.max(0, change(place)), this.durationMs());
    if (plays) this.#start(now, this.#held);
    this.#tell();
  }

  #start(now: number, ms: number) {
    const sound = this.#sounds[this.#active];
    const level = this.#desk.inputs[this.#active];
    if (!sound || !level) return;
    const [loop, place] = [this.#loopFrames(sound), this.#frames(ms)];
    const run = new Run(sound, level, now, loop && (place < loop.from || place >= loop.until) ? loop.from : place, loop);
    run.onEnd = () => {
      if (run !== this.#run) return;
      this.#count(Infinity);
      this.#run = null;
      this.#held = this.durationMs();
      this.#tell();
    };
    this.#run = run;
  }

  #loopFrames(sound: AudioBuffer): Frames | null {
    const { startMs, endMs } = this.looped ?? { startMs: 0, endMs: 0 };
    const [from, until] = [this.#frames(startMs), Math.min(sound.length, this.#frames(endMs))];
    return until > from ? { from, until } : null;
  }

  #count(until: number) {
    if (!this.#run || this.#volume === 0) return;
    for (const span of this.#run.played(until)) {
      this.#heard[this.#active]?.add(this.#ms(span.from), Math.min(this.#ms(span.until), this.durationMs()));
    }
  }

  #placeOf(run: Run, frame: number): number {
    return Math.min(Math.max(0, this.#ms(run.at(frame))), this.durationMs());
  }

  #ms(frames: number): number {
    return (frames * 1000 * this.#factor) / this.#context.sampleRate;
  }

  #frames(ms: number): number {
    return Math.round((ms * this.#context.sampleRate) / 1000 / this.#factor);
  }

  #tell() {
    for (const tell of this.#listeners) tell();
    this.#tick();
  }

  readonly #tick = () => {
    cancelAnimationFrame(this.#frame);
    for (const tell of this.#tickers) tell();
    if (this.playing) this.#frame = requestAnimationFrame(this.#tick);
  };
}
