/** How much of a sound was heard: the union of the spans that were played, so that seeking back and loops count once. */
import type { Span } from './playhead.ts';

/** Nobody hears the last rounding of a duration, nor whether two spans touch to the sample. */
const TOUCH_MS = 20;

export class HeardSpans {
  /** In order, apart from each other. */
  #spans: readonly Span[];

  constructor(spans: readonly Span[] = []) {
    this.#spans = spans;
  }

  add(startMs: number, endMs: number): void {
    if (!(endMs > startMs)) return;
    let whole: Span = { startMs, endMs };
    const apart: Span[] = [];
    for (const one of this.#spans) {
      if (one.endMs + TOUCH_MS < whole.startMs || one.startMs > whole.endMs + TOUCH_MS) apart.push(one);
      else whole = { startMs: Math.min(one.startMs, whole.startMs), endMs: Math.max(one.endMs, whole.endMs) };
    }
    this.#spans = [...apart, whole].toSorted((one, other) => one.startMs - other.startMs);
  }

  spans(): readonly Span[] {
    return this.#spans;
  }

  /** 0..1 of `durationMs`; 1 only if nothing longer than a click was left out. */
  share(durationMs: number): number {
    if (!(durationMs > 0)) return 0;
    let heard = 0;
    let before = 0;
    for (const { startMs, endMs } of this.#spans) {
      const from = startMs - before <= TOUCH_MS ? before : startMs;
      const until = durationMs - endMs <= TOUCH_MS ? durationMs : endMs;
      heard += Math.max(0, until - Math.max(0, from));
      before = endMs;
    }
    return Math.min(1, heard / durationMs);
  }
}

/** Longer than any frame, shorter than any seek one makes on purpose. */
const SLACK_MS = 150;

/**
 * Turns positions, looked at now and then, into spans. Between two looks the sound went on by itself if it did not advance by
 * more than the time that passed allows; else somebody sought, and nothing in between was heard. Looks may be far apart: a
 * browser gives a hidden page no frames.
 */
export class Listener {
  readonly heard: HeardSpans;
  #last: { positionMs: number; atMs: number } | null = null;

  constructor(heard = new HeardSpans()) {
    this.heard = heard;
  }

  /** `sounding`: it plays, and not at volume 0. `rate` is how fast; `atMs` any steady clock. */
  look(positionMs: number, sounding: boolean, rate: number, atMs: number): void {
    const last = this.#last;
    if (last) {
      const advanced = positionMs - last.positionMs;
      if (advanced > 0 && advanced <= (atMs - last.atMs) * rate + SLACK_MS) this.heard.add(last.positionMs, positionMs);
    }
    this.#last = sounding ? { positionMs, atMs } : null;
  }

  /** Another sound has the player. */
  leave(): void {
    this.#last = null;
  }
}
