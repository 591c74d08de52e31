/** One input a take, each with the level that makes it as loud as the others, and the volume of all. */
import { equalGains, type Loud } from './loudness.ts';

/** How fast a level changes without being heard as a step. */
const CHANGE_S = 0.01;

export class Desk {
  readonly inputs: readonly GainNode[];
  readonly #gains: readonly number[];
  readonly #out: GainNode;
  equal = true;

  constructor(context: BaseAudioContext, takes: readonly Loud[], destination: AudioNode) {
    this.#gains = equalGains(takes);
    this.#out = new GainNode(context);
    this.#out.connect(destination);
    this.inputs = this.#gains.map((gain) => new GainNode(context, { gain }));
    for (const input of this.inputs) input.connect(this.#out);
  }

  level(equal: boolean): void {
    this.equal = equal;
    for (const [take, { gain, context }] of this.inputs.entries()) {
      gain.setTargetAtTime(equal ? (this.#gains[take] ?? 1) : 1, context.currentTime, CHANGE_S);
    }
  }

  volume(volume: number): void {
    this.#out.gain.setTargetAtTime(volume, this.#out.context.currentTime, CHANGE_S);
  }
}
