/**
 * One stretch of sound that was started: its place on the clock of the context, in whole samples, and its soft edges. Samples of
 * the clock and of the sound are the same size, for a sound is decoded into its context; that is why nothing can drift.
 */

/** Short enough to be no gap, long enough to be no click. */
const EDGE_S = 0.008;
/** Flat at both ends, so that it adds no step of its own; and it and its mirror image make 1, so that equal sounds pass over unchanged. */
const RISE = Float32Array.from({ length: 33 }, (_, at) => 0.5 - 0.5 * Math.cos((Math.PI * at) / 32));
const FALL = RISE.toReversed();

/** A span of samples, the first in it and the first after it. */
export interface Frames {
  readonly from: number;
  readonly until: number;
}

export class Run {
  readonly #source: AudioBufferSourceNode;
  readonly #rise: GainNode;
  readonly #fall: GainNode;
  readonly #start: number;
  readonly #offset: number;
  readonly #loop: Frames | null;
  readonly #rate: number;

  /** Starts `sound` at sample `start` of the clock with its sample `offset`; rising softly, unless it is its own beginning. */
  constructor(sound: AudioBuffer, into: AudioNode, start: number, offset: number, loop: Frames | null) {
    const { context } = into;
    this.#rate = context.sampleRate;
    this.#start = start;
    this.#offset = offset;
    this.#loop = loop;
    this.#source = context.createBufferSource();
    this.#rise = new GainNode(context, { gain: offset > 0 ? 0 : 1 });
    this.#fall = context.createGain();
    this.#source.connect(this.#rise).connect(this.#fall).connect(into);
    const at = start / this.#rate;
    if (offset > 0) this.#rise.gain.setValueCurveAtTime(RISE, at, EDGE_S);
    this.#source.buffer = loop ? seamless(sound, loop) : sound;
    this.#source.loop = loop !== null;
    this.#source.start(at, (loop ? offset - loop.from : offset) / this.#rate);
  }

  /** Calls back when it has played to its end by itself. */
  set onEnd(then: () => void) {
    this.#source.addEventListener('ended', then);
  }

  /** The sample of the sound that is due at sample `now` of the clock; before it starts, one before its first. */
  at(now: number): number {
    const frame = this.#offset + now - this.#start;
    if (!this.#loop || frame < this.#loop.until) return frame;
    return this.#loop.from + ((frame - this.#loop.from) % (this.#loop.until - this.#loop.from));
  }

  /** What of the sound was played until sample `now` of the clock. */
  played(now: number): Frames[] {
    const until = this.#offset + Math.max(0, now - this.#start);
    if (!this.#loop || until <= this.#loop.until) return [{ from: this.#offset, until }];
    const again = Math.min(this.#loop.until, this.#loop.from + until - this.#loop.until);
    return [
      { from: this.#offset, until: this.#loop.until },
      { from: this.#loop.from, until: again },
    ];
  }

  /** Falls softly from sample `now` of the clock on, and is gone. */
  end(now: number): void {
    const at = Math.max(now, this.#start) / this.#rate;
    this.#fall.gain.setValueCurveAtTime(FALL, at, EDGE_S);
    this.#source.addEventListener('ended', () => this.#fall.disconnect());
    this.#source.stop(at + EDGE_S);
  }
}

/** The span as a sound of its own whose end passes over into its beginning: its last samples become those before its first. */
function seamless(sound: AudioBuffer, { from, until }: Frames): AudioBuffer {
  const length = until - from;
  const edge = Math.min(Math.round(EDGE_S * sound.sampleRate), length);
  const out = new AudioBuffer({ length, numberOfChannels: sound.numberOfChannels, sampleRate: sound.sampleRate });
  for (let channel = 0; channel < sound.numberOfChannels; channel += 1) {
    const all = sound.getChannelData(channel);
    const part = all.slice(from, until);
    for (let frame = 0; frame < edge; frame += 1) {
      const weight = (frame + 1) / (edge + 1);
      const at = length - edge + frame;
      part[at] = (part[at] ?? 0) * (1 - weight) + (all[from - edge + frame] ?? 0) * weight;
    }
    out.copyToChannel(part, channel);
  }
  return out;
}
