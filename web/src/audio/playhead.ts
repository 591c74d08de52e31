/** Where a sound is heard now: what a waveform and a transcript follow, whoever plays it. All times in milliseconds of the take. */

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** One spoken word and where it sounds. */
export interface Word extends Span {
  readonly text: string;
}

export interface Playhead {
  /** Below 0: another sound has the player. */
  position: () => number;
  /** Calls back on every frame while it plays, and whenever the position moves otherwise. Returns how to stop that. */
  onPosition: (tell: () => void) => () => void;
}

/** The last word that has begun, -1 before the first. */
export function wordAt(words: readonly Span[], ms: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.startMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
